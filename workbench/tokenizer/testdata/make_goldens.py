#!/usr/bin/env python3
"""Writes what the reference says, for the tests of package tokenizer.

    make_goldens.py                        the files beside this one, but for small.txt, which
                                           go test -run TrainedFile -update makes of sentences.txt; run this again after it
    make_goldens.py --captions OUT FILE…   a large comparison: every label of emojibase's data.json FILEs, and every
                                           tenth with its tags, as they are and broken in 14 ways, to OUT (JSON
                                           lines), for CLIPBENCH_CAPTIONS=OUT go test -run Captions -v
    make_goldens.py --random OUT COUNT     the same of random text made of what ftfy's rules are about

The reference is open_clip 3.3.0, ftfy 6.3.1, regex 2026.11.15, tokenizers 0.23.3, transformers 5.23.0 and Python 3.11
(Unicode 14). A golden is {"text", "unescaped": html.unescape, "fixed": ftfy.fix_text, "clean": open_clip's cleaning, "ids"}.
"""

import gzip
import html
import json
import pathlib
import random
import re
import sys
import tempfile

import ftfy
import regex
from ftfy import badness, chardata
from open_clip.tokenizer import SimpleTokenizer, _clean_lower
from tokenizers import BertWordPieceTokenizer, Tokenizer
from tokenizers.processors import TemplateProcessing
from transformers import CLIPTokenizerFast

HERE = pathlib.Path(__file__).parent
CLIP = SimpleTokenizer()

ENCODINGS = ["latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250", "sloppy-windows-1253",
             "sloppy-windows-1254", "sloppy-windows-1257", "iso-8859-2", "macroman", "cp437"]

SENTENCES = [
    "A photo of a cat, sitting on the red mat.", "the dog's bone — it's “hers”, they’ll say", "Schöne Grüße aus Köln & Düsseldorf!",
    "L'été à la plage, où ça coûte 20 €", "¿Dónde está el niño? ¡Aquí!", "São Paulo não é a capital; àquele às vezes",
    "Ελληνικά γράμματα: ΟΔΥΣΣΕΥΣ, ΣΊΣΥΦΟΣ.", "Съешь же ещё этих мягких французских булок", "Щастя Ґанок їжак",
    "Příliš žluťoučký kůň úpěl ďábelské ódy", "Zażółć gęślą jaźń", "Árvíztűrő tükörfúrógép", "Înțelegere și bucurie: ţş",
    "Pijamalı hasta yağız şoföre çabucak güvendi, İSTANBUL IĞDIR", "Põhjavesi õhtu; ģimene ķēde ļauj ņemt šķīvis", "Įlinkdama fechtuotojo špaga",
    "日本の桜と富士山、きれいです。", "ﾊﾝｶｸ　カタカナ　ＦＵＬＬＷＩＤＴＨ！", "中文字符，猫在垫子上", "繁體中文：貓", "한국어 고양이 그림", "ﾡﾢ",
    "แมวบนเสื่อ", "हिन्दी में बिल्ली", "বাংলা বিড়াল", "தமிழ் பூனை", "قطة على السجادة", "חתול על השטיח", "გამარჯობა", "Հայերեն", "አማርኛ ድመት",
    "ᚠᚢᚦ runes 𐌰𐌱", "math: x² ± ½ ÷ 3 × √2 ≈ ∞ ≠ ∑", "§ 5 ¶ 3 © 2024 ® ™ ¢£¥", "naïve façade Ångström Øresund Œuvre œuf ﬁne ﬂow",
]

EMOJI = ["👍", "👍🏽", "👩‍🚀", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🇩🇪🇫🇷", "❤️", "☺︎", "1️⃣", "🧑🏿‍🤝‍🧑🏻", "😀😃😄", "©️", "🫠", "🪿"]

BY_HAND = [
    "", " ", "\n", "\t\r\n", "a", "A", "!", "0", "'", "''", "'s", "'S", "it's", "IT'S", "we'Re they'VE I'm you'll he'd can't", "'sss", "''s", "!!'s", "x'tre'll'd",
    "rock'n'roll", "o'clock", "l'été", "dogs' bone", "a's'b't", "'ſ", "'ſo ſo", "Kelvin K and Å", "ß ẞ SS", "İ I ı i", "ǅ ŉ ǲ Ĳ", "ﬀ ﬁ ﬂ ﬃ ﬄ ﬅ ﬆ",
    "0123456789", "3.14", "1,000,000", "2nd 4K 8½ ²³ Ⅷ ① ٣ ৪", "x1y2z3", "a_b-c.d/e\\f", "snake_case camelCase kebab-case", "C++ C# .NET", "!?!?...", "—–-―", "$%^&*()[]{}|~`@#+=<>;:,",
    "<start_of_text>", "<end_of_text>", "a <start_of_text> b <end_of_text> c", "<START_OF_TEXT>", "<|startoftext|><|endoftext|>", "!<start_of_text>", "<start_of_text>!", "<<start_of_text>>",
    "<ſtart_of_text>", "<start_of_ text>", "x<end_of_text>y<end_of_text", "<br>", "</w>", "a</w>b", "<a href=\"x\">y</a>",
    "&amp;", "&amp;amp;", "&amp;amp;amp;", "&amp;amp;amp;amp;", "&lt;b&gt;", "&amp;lt;b&amp;gt;", "&ampx", "&notit;", "&notin;", "&notit", "&AMP", "&copy2024", "&copy;2024", "&COPY;", "&EACUTE;", "P&EACUTE;REZ", "&eACUTE;",
    "&SZLIG;", "&FFLIG;", "&NAPOS;", "&frac12;", "&FRAC12;", "&semi;", "&SEMI;", "&#59;", "&#x3b;", "&nbsp;a&nbsp;b", "&NBSP;", "&shy;", "&hellip;&mdash;&ldquo;x&rdquo;", "&CounterClockwiseContourIntegral;", "&acE;", "&bne;",
    "&#0;", "&#x0;", "&#1;", "&#9;", "&#10;", "&#13;", "&#32;", "&#127;", "&#128;", "&#129;", "&#150;", "&#x9f;", "&#160;", "&#233;", "&#xE9;", "&#Xe9", "&#233abc;", "&#x110000;", "&#xD800;", "&#xDFFF;", "&#xFDD0;", "&#xFFFE;", "&#x1F600;", "&#128512;",
    "&#99999999999999999999;", "&#;", "&#x;", "&#xg;", "&", "&;", "& amp;", "&amp ;", "a&b", "AT&T", "&lt", "&LT;", "&gt&lt", "x&y;z", "&thisisaverylongentitynamethatdoesnotexist;", "&CounterClockwiseContourIntegra;", "&#00000000233;",
    "1 < 2 &amp; 3", "&lt;p&gt; &eacute; <p>", "a &eacute;\nb < c &eacute;\nd &eacute;", "&eacute;&EACUTE;\n&eacute;<\n&lt;", "&amp;eacute;", "&amp;#233;", "&am&amp;p;", "&Acirc;&copy;", "&#195;&#169;", "&Atilde;&copy;",
    "\x1b[31mred\x1b[0m", "\x1b[1;٣mx", "\x1b[m\x1b[31", "\x1bx", "a\x00b\x01c", "a\x0bb\x0cc", "\x7f", "a\x1cb\x1db\x1eb\x1fb", "\x80\x81\x82 euro", "\x85next", "a\u2028b\u2029c", "one\rtwo\r\nthree\n\rfour", "\ufeffbom", "a\ufeffb", "x\u200by\u200dz\u200e", "\u202ertl\u202c",
    "\u206a\u206f\ufff9\ufffc", "\ufffd", "\ufffd\ufffd x", "tab\tand\u00a0nbsp\u3000wide\u2003em\u1680ogham", "\u00ad soft\u00adhyphen", "  lead  and   trail  ",
    "e\u0301 a\u030a n\u0303 \u1e9b\u0323", "\u00e9 vs e\u0301", "가 \u1100\u1161\u11a8", "\u0344 \u0f77 \u2126 \u212b", "q\u0307\u0323 q\u0323\u0307", "a" + "\u0300" * 40, "Z" + "\u0337\u0321" * 20 + "algo", "\u0300lone", "\u0915\u093c \u0958 \ufb1d",
    "ΑΣ ΣΑΣ Σ ΑΣ. ΑΣ' ΑΣΑ ΑΣ\u0301 Α\u0345Σ Α.Σ Α:Σ.Β", "ΌΣΟΣ\u00adΣ", "ὈΔΥΣΣΕΎΣ", "Ǆ Ǉ Ǌ ᾈ ᾼ ῼ", "Ჿ Ა ა", "Ɥ Ꞌ Ꭰ ꭰ", "𐐀𐐨 𞤀𞤢", "Ω K Å \u1e9e",
    "schÃ¶n", "sÃ³", "Ã³", "voilÃ  le travail", "voilÃ le travail", "Ã la mode", "fÃ cil", "Ã s vezes Ã quele", "Ã", "Â ", "Ã ", "a Â b", "Â£5 and Â©", "l’humanitÃ©", "âœ” No problems", "âœ\u201d No problems", "â€œquotedâ€\x9d", "â€œ like this â€\ufffd",
    "ã\x83\x84", "&macr;\\_(ã\x83\x84)_/&macr;", "¯\\_(ツ)_/¯", "(ಠ_ಠ) (╯°□°)╯︵ ┻━┻", "├╢┬í┬ô", "╨┐╤Ç╨╕╨▓╨╡╤é", "РџСЂРёРІРµС‚", "ÐŸÑ€Ð¸Ð²ÐµÑ‚", "ГўВЂВ™s", "ã\x81\x82", "æ\x97¥æ\x9c¬", "ä½\xa0å¥½", "ä½ å¥½", "ðŸ˜€", "ð\x9f\x98\x80", "Ã°Å¸ËœÂ", "í\xa0½í¸\x80", "Ã\xad\xa0",
    "À\x80", "Ã\x83Â©", "ÃƒÂ©", "ÃƒÆ’Ã‚Â©", "√© caf√©", "‚Äôs", "‚Äúquote‚Äù", "Ðœ", "Ø§Ù„Ø¹Ø±Ø¨ÙŠØ©", "×©×œ×•×\x9d", "à¤¹à¤¿à¤¨à¥\x8d", "à¸ à¸¡", "Å¡ Å¾ Ä\x8d", "β€™s", "ā€™s", "вЂ™s", "Î‘Ï…Ï„ÏŒ", "Ξ±", "Γ¶ Γ©",
    "Ã©tÃ© and été", "été Ã©tÃ©", "日本 Ã©", "Ã© 日本 â€™", "â€™ 日本", "a\x92b 日本", "it\x92s", "\x93quoted\x94 é", "\x81", "Œ.", "œ1", "Œuvre", "Å°", "10°C Ñ°", "€¢ x", "¼½ ²é", "a¬b", "é¬", "¬é", "ƒé ˆé", "º1 ª", "N° 5 nº", "┌─┐ é", "░ö", "«é»a “é”b ‘é’c", "é»a", "é«b", "Ã©\x9eş&N;", "s\ufffdÎ±ãÃ©ą\x9b", "\x85“Ã©–\x8aНG", "&nLt; &nGt;", "â€\xa0d9Ä£&IJLIG;x", "a\u0345b !\u0345! \u0345s Ά\u0345", "Ð·Ð° Ñ", "ÐºÐ¾Ñˆ", "×³", "ØªØª Ù…Ù", "à²² à²",
    "RT @user: check http://t.co/AbC123 #hash_tag \U0001f600", "IMG_2043.JPG", "100% cotton T-shirt (size: XXL)", "50's & 60's", "e.g., i.e.", "…dots… ‥", "« guillemets »", "‚low‘ „low“ ‹angle›", "\u02bcokina \u02bbokina", "'‘’‛“”‟\"", "＇＂＆ａｍｐ；", "＆amp;", "⅓ ⅔ ⅛", "№ ℡ ℃ Å",
    "\ue000 \uf8ff private", "\U000e0001\U0010ffff", "\u0378 unassigned", "\u1c89 \ua7cb \U00010d40 \U00010d50 newer than Unicode 15", "\U0001e900\U0001e922", "𝒥ohn ℋancock 𝐛𝐨𝐥𝐝", "ª º ʰ ᵃ ₁ ⁿ",
    "a" * 300, "ab" * 500, "é" * 100, "猫" * 100, "supercalifragilisticexpialidocious" * 8, "x" * 77 + " " + "y" * 77, "word " * 100, "!" * 200, "1" * 120, "😀" * 40, "'s" * 50, "aaaaaaaaaaaaaaaaaaaaaaaaab", "the" * 33, "hahahahahahahaha", "zzzzzzzz",
]

SPECIAL_PIECES = ["&amp;", "&lt;", "&#x", "&eacute", ";", "<", ">", "'s", "'", "\u2019", "\u201c", "\n", " ", "\u00a0", "\x85", "\x1b[0m", "\ufeff", "\ufffd", "Ã", "©", "Â", "â€", "™", "ð", "Ÿ", "˜", "\x80", "à", "¸", "ß", "Σ", "İ", "ﬁ", "ｱ", "ﾞ", "e\u0301", "1", "9", "ab", "The", "<start_of_text>", "<end_of_text>", "ļ", "Š", "°", "─", "╗", "вЂ", "猫", "😀", "\u200d", "_", "-", "...", "\x1a", "?", "í\xa0½", "ø", "Ø", "€"]


def decode_sloppily(data, encoding):
    """What a program that does not stop at an error makes of the bytes."""
    return data.decode(encoding, errors="replace")


def broken(text):
    """The ways text goes wrong between programs."""
    data = text.encode("utf-8")
    for encoding in ENCODINGS:
        yield decode_sloppily(data, encoding)
    twice = data.decode("sloppy-windows-1252").encode("utf-8").decode("sloppy-windows-1252")
    yield twice
    yield data.decode("windows-1252", errors="replace")
    yield data.decode("sloppy-windows-1252").replace("\u00a0", " ")
    yield text + " " + data.decode("sloppy-windows-1252")


def random_texts(count):
    rng = random.Random(20240229)
    alphabet = SPECIAL_PIECES + [c for s in SENTENCES for c in s] + EMOJI
    for _ in range(count):
        yield "".join(rng.choice(SPECIAL_PIECES if rng.random() < .5 else alphabet) for _ in range(rng.randint(1, 14)))


def adversarial_texts(count):
    """Text of the characters that ftfy's tables name, of references cut anywhere, of anything."""
    def members(tables):
        pattern = re.compile("[" + "".join(tables.values()) + "]")
        return [chr(c) for c in range(0x10000) if not 0xD800 <= c < 0xE000 and pattern.match(chr(c))]
    characters = sorted({*members(badness.MOJIBAKE_CATEGORIES), *members(chardata.UTF8_CLUES)})
    pairs = ["Ã©", "â€™", "Ð°", "вЂ", "ðŸ˜€", "Î±", "Ø§", "í\xa0½í¸\x80", "À\x80", "Ã ", "à²", "‚Äô", "├⌐"]
    names = sorted(html.entities.html5)
    rng = random.Random(11)

    def reference():
        name = rng.choice(names)
        name = name.upper() if rng.random() < .3 else name
        return "&" + (name[:rng.randint(1, len(name))] if rng.random() < .3 else name) + rng.choice(["", "x", ";", " "])

    def number():
        value = rng.choice([rng.randint(0, 300), rng.randint(0, 0x11FFFF)])
        return "&#" + rng.choice([f"{value}", f"x{value:x}", f"X{value:X}", f"{value:x}"]) + rng.choice(["", ";", "g"])

    def anything():
        code = rng.randint(0, 0x2FFFF)
        return "?" if 0xD800 <= code < 0xE000 else chr(code)
    kinds = [lambda: rng.choice(characters)] * 9 + [lambda: chr(rng.randint(0x20, 0x7E))] * 3 + [lambda: rng.choice(SPECIAL_PIECES)] * 2 + \
        [lambda: rng.choice(pairs)] * 3 + [reference, number, anything]
    for _ in range(count):
        text = "".join(rng.choice(kinds)() for _ in range(rng.randint(1, 10)))
        try:
            yield text.encode("utf-8").decode(rng.choice(ENCODINGS)) if rng.random() < .25 else text
        except UnicodeDecodeError:
            yield text


def golden(text):
    return {"text": text, "unescaped": html.unescape(text), "fixed": ftfy.fix_text(text), "clean": _clean_lower(text), "ids": CLIP.encode(text)}


def write(path, rows):
    with open(path, "w") as out:
        for row in rows:
            out.write(json.dumps(row, separators=(",", ":")) + "\n")


def write_goldens():
    texts = list(BY_HAND) + SENTENCES + EMOJI + [s.upper() for s in SENTENCES]
    rng = random.Random(7)
    for sentence in SENTENCES:
        texts += rng.sample(list(broken(sentence)), 6)
    texts += random_texts(300)
    texts = list(dict.fromkeys(texts))
    write(HERE / "goldens.jsonl", map(golden, texts))
    rows = [{"text": t, "context": n, "row": CLIP(t, n)[0].tolist()}
            for t in ["", "a", "a photo of a cat", "<end_of_text> inside <end_of_text>", "word " * 100, "日本の桜"] for n in [1, 2, 3, 5, 8, 77]]
    write(HERE / "rows.jsonl", rows)
    capitals = {name: value for name, value in chardata.HTML_ENTITIES.items() if name[1:] not in html.entities.html5}
    (HERE / "entities.json").write_text(json.dumps({"html5": html.entities.html5, "capitals": capitals}, separators=(",", ":")))
    print(len(texts), "texts,", len(rows), "rows,", len(html.entities.html5), "entities")


def write_classes():
    """How many characters are letters, numbers and spaces to regex, and the sum of their code points."""
    characters = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    found = {name: [ord(c) for c in characters if regex.match(pattern, c)]
             for name, pattern in [("letter", r"\p{L}"), ("number", r"\p{N}"), ("space", r"\s")]}
    (HERE / "classes.json").write_text(json.dumps({name: [len(found[name]), sum(found[name])] for name in found}))


def write_small():
    """Encodes with a small merges file, as open_clip and Hugging Face's CLIP tokenizer read it."""
    (HERE / "sentences.txt").write_text("\n".join(SENTENCES) + "\n")
    path = HERE / "small.txt"
    if not path.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "small.txt.gz").write_bytes(gzip.compress(path.read_bytes()))
        small = SimpleTokenizer(bpe_path=str(folder / "small.txt.gz"))
        names = {"<start_of_text>": "<|startoftext|>", "<end_of_text>": "<|endoftext|>"}
        vocab = {names.get(symbol, symbol): number for symbol, number in small.encoder.items()}
        (folder / "vocab.json").write_text(json.dumps(vocab))
        (folder / "merges.txt").write_text(path.read_text() + "\n")
        CLIPTokenizerFast(vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt")).save_pretrained(folder)
        (HERE / "clip").mkdir(exist_ok=True)
        (HERE / "clip" / "tokenizer.json").write_text(json.dumps(json.loads((folder / "tokenizer.json").read_text()), separators=(",", ":")))
    write(HERE / "small.jsonl", [{"vocab": small.vocab_size}] + [{"text": t, "context": 24, "row": small(t, 24)[0].tolist()} for t in SENTENCES])
    write_hugging_face(HERE / "clip" / "tokenizer.json", HERE / "clip.jsonl", small.vocab_size)


def write_word_pieces():
    """A tokenizer of another family, as BERT's is."""
    path = HERE / "wordpiece.json"
    if not path.exists():  # its training is not the same twice
        words = BertWordPieceTokenizer(lowercase=True)
        words.train_from_iterator(SENTENCES, vocab_size=300, show_progress=False)
        words.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[(t, words.token_to_id(t)) for t in ["[CLS]", "[SEP]"]])
        words.save(str(path), pretty=False)
    write_hugging_face(path, HERE / "wordpiece.jsonl", Tokenizer.from_file(str(path)).get_vocab_size())


def write_hugging_face(path, out, vocab):
    tokenizer = Tokenizer.from_file(str(path))
    texts = SENTENCES + [t for t in BY_HAND if len(t) < 40][:60]
    write(out, [{"vocab": vocab}] + [{"text": t, "row": tokenizer.encode(t).ids} for t in texts])


def captions(files):
    seen = {}
    for file in files:
        for i, emoji in enumerate(json.loads(pathlib.Path(file).read_text())):
            seen[emoji["label"]] = None
            if i % 10 == 0:
                seen[", ".join([emoji["label"], *emoji.get("tags", [])])] = None
    return list(seen)


def write_captions(out, files):
    texts = captions(files)
    print(len(texts), "captions")

    def rows():
        for text in texts:
            for kind, version in enumerate([text, *broken(text)]):
                yield {"kind": kind, "text": version, "fixed": ftfy.fix_text(version), "ids": CLIP.encode(version)}
    write(out, rows())


if __name__ == "__main__":
    if len(sys.argv) > 3 and sys.argv[1] == "--captions":
        write_captions(sys.argv[2], sys.argv[3:])
    elif len(sys.argv) == 4 and sys.argv[1] == "--random":
        write(sys.argv[2], ({"kind": 0, "text": t, "fixed": ftfy.fix_text(t), "ids": CLIP.encode(t)} for t in adversarial_texts(int(sys.argv[3]))))
    else:
        write_goldens()
        write_classes()
        write_small()
        write_word_pieces()
