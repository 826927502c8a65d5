// Drives JupyterLab as a person would: opens a notebook, runs all cells, watches the live chart, presses Stop, and looks at
// the pictures. What it saw goes to standard output as one JSON document; what it did, to standard error.
//
//   node lab.mjs '{"chromium":…,"profile":…,"url":…,"token":…,"notebook":…,"stopAt":…,"screenshot":…}'

import { chromium } from 'playwright-core'

const wanted = JSON.parse(process.argv[2])
const seen = { steps: [], charts: 0, stopped: '', images: [], errors: [] }
const say = text => console.error(`${((Date.now() - began) / 1000).toFixed(1)} s  ${text}`)
const began = Date.now()

const context = await chromium.launchPersistentContext(wanted.profile, {
  executablePath: wanted.chromium,
  headless: true,
  viewport: { width: 1280, height: 1150 },
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
})
try {
  const page = context.pages()[0] ?? await context.newPage()
  page.setDefaultTimeout(wanted.patience * 1000)
  page.on('pageerror', error => seen.errors.push(String(error)))
  await page.goto(`${wanted.url}/lab/workspaces/w${Date.now()}/tree/${wanted.notebook}?reset&token=${wanted.token}`)
  // Before the notebook is there, Lab shows an empty one that Run All would run.
  await page.waitForFunction(() => /Go \(gonb\) \|/.test(document.querySelector('#jp-main-statusbar')?.innerText))
  await page.locator('.jp-Notebook h1').first().waitFor()
  say('the notebook is open and has its kernel')

  await page.click('.lm-MenuBar-itemLabel:text-is("Run")')
  await page.click('.lm-Menu-itemLabel:text-is("Run All Cells")')
  say('Run All')

  await watch(page)
  await page.click('[data-command="notebook:interrupt-kernel"]')
  say(`Stop, at step ${seen.steps.at(-1)}`)
  const stopped = page.locator('.jp-OutputArea-output', { hasText: 'stopped at step' }).first()
  await stopped.waitFor()
  seen.stopped = await stopped.innerText()
  say(seen.stopped)

  await page.waitForFunction(pictures => document.querySelectorAll('.jp-Notebook img').length >= pictures, wanted.pictures)
  seen.images = await page.$$eval('.jp-Notebook img', images => images.map(i => [i.naturalWidth, i.naturalHeight, i.getBoundingClientRect().width]))
  await page.locator('.jp-Notebook img').nth(1).scrollIntoViewIfNeeded()
  await page.screenshot({ path: wanted.screenshot })
} catch (error) {
  seen.errors.push(String(error))
  await context.pages()[0]?.screenshot({ path: `${wanted.screenshot}.failed.png` }).catch(() => {})
} finally {
  await context.close()
}
console.log(JSON.stringify(seen))

// watch reads the bar and the curves until the bar shows stopAt steps.
async function watch(page) {
  const charts = new Set()
  for (;;) {
    const { step, chart } = await page.evaluate(() => {
      const bar = [...document.querySelectorAll('.jp-OutputArea-output')].map(o => o.innerText.match(/step +(\d+)\/\d+ +loss/)).find(m => m)
      const cell = bar && [...document.querySelectorAll('.jp-CodeCell')].find(c => c.innerText.includes(bar[0]))
      return { step: bar ? Number(bar[1]) : 0, chart: cell?.querySelector('img')?.src ?? '' }
    })
    if (step > 0 && step !== seen.steps.at(-1)) seen.steps.push(step)
    if (chart) charts.add(chart)
    seen.charts = charts.size
    if (step >= wanted.stopAt && charts.size >= 3) return
    if (Date.now() - began > wanted.patience * 1000) throw new Error(`no live chart after ${wanted.patience} s: steps ${seen.steps}, ${charts.size} charts`)
    await page.waitForTimeout(100)
  }
}
