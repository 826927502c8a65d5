// Renders SVG to PNG for the Go builder, one picture at a time.
//
// Standard input:  one JSON object a line, {"svg": "<svg width=… height=…>…"}
// Standard output: {"ready": true} once, then for each request, in order, {"png": base64} or {"error": text}
//
// The picture has the size its SVG asks for, on white. resvg aborts the whole process on a few pictures: the builder
// sees this process end, knows which picture it was waiting for, and starts another.
import { createInterface } from 'node:readline'
import { Resvg } from '@resvg/resvg-js'

// Emoji hold no text, and looking for the system's fonts takes several times as long as the drawing.
const options = { background: 'white', font: { loadSystemFonts: false } }

// Ctrl-C is the builder's to hear: it then ends this process, and blames no picture for it.
process.on('SIGINT', () => {})

const say = (message) => process.stdout.write(JSON.stringify(message) + '\n')

say({ ready: true })
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { svg } = JSON.parse(line)
    say({ png: new Resvg(svg, options).render().asPng().toString('base64') })
  } catch (problem) {
    say({ error: String(problem.message ?? problem) })
  }
}
