"""Makes the fonts in this folder: a subset of Source Sans 3 with the few mathematical glyphs it lacks, from Noto Sans Math.

Both are under the SIL Open Font License (OFL.txt). "Source" is a reserved font name, so the result has its own: Signflip Sans.
It is run by hand when the glyphs change, and needs Debian's python3-fonttools and python3-brotli:

    npm install --no-save @expo-google-fonts/source-sans-3@0.4.1 @expo-google-fonts/noto-sans-math@0.4.2
    /usr/bin/python3 assets/fonts/build.py node_modules/@expo-google-fonts
"""
import json
import sys
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

SOURCE = Path(sys.argv[1])
HERE = Path(__file__).parent
FAMILY = "Signflip Sans"

# Latin, Greek, punctuation, super- and subscripts, arrows and the mathematics that Source Sans has in these blocks.
BLOCKS = [(0x20, 0x7E), (0xA0, 0x17F), (0x370, 0x3FF), (0x2010, 0x2027), (0x202F, 0x203A), (0x2070, 0x209F),
          (0x20AC, 0x20AC), (0x2113, 0x2113), (0x2150, 0x215E), (0x2190, 0x2193), (0x2200, 0x22FF), (0x27E8, 0x27E9)]
BORROWED = [0x2207, 0x221D, 0x223C]  # ∇ ∝ ∼


def subset(path, codepoints):
    font = TTFont(path)
    options = Options()
    # Kerning stays; ligatures go: the width table beside the fonts knows single glyphs only.
    options.layout_features = ["kern", "mark", "mkmk", "ccmp"]
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codepoints)
    subsetter.subset(font)
    return font


def rename(font, style, weight):
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    names = {0: "Copyright 2010-2020 Adobe, with Reserved Font Name 'Source'; Copyright 2022 The Noto Project Authors. "
                "Signflip Sans is made of Source Sans 3 and Noto Sans Math.",
             1: FAMILY if style == "Regular" else f"{FAMILY} {style}", 2: "Regular", 3: f"1.0;{postscript}",
             4: f"{FAMILY} {style}", 5: "Version 1.0", 6: postscript,
             13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
             14: "https://openfontlicense.org", 16: FAMILY, 17: style}
    table = font["name"]
    table.names = []
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].achVendID = "NONE"


widths = {}
for folder, style, weight in [("400Regular", "Regular", 400), ("600SemiBold", "SemiBold", 600)]:
    main = subset(next((SOURCE / "source-sans-3" / folder).glob("*.ttf")),
                  [c for low, high in BLOCKS for c in range(low, high + 1) if c not in BORROWED])
    extra = subset(next((SOURCE / "noto-sans-math" / "400Regular").glob("*.ttf")), BORROWED)
    assert main["head"].unitsPerEm == extra["head"].unitsPerEm == 1000
    for name in ["MATH", "GPOS", "GSUB", "GDEF"]:
        if name in extra:
            del extra[name]
    main.save("/tmp/main.ttf")
    extra.save("/tmp/extra.ttf")
    keep = {table: main[table] for table in ["hhea", "OS/2"]}
    font = Merger().merge(["/tmp/main.ttf", "/tmp/extra.ttf"])
    for table, was in keep.items():  # Noto Sans Math is very tall: the line height stays that of Source Sans.
        for field in ["ascent", "descent", "lineGap"] if table == "hhea" else \
                ["sTypoAscender", "sTypoDescender", "sTypoLineGap", "usWinAscent", "usWinDescent"]:
            setattr(font[table], field, getattr(was, field))
    rename(font, style, weight)
    font.save(HERE / f"SignflipSans-{style}.ttf")
    font.flavor = "woff2"
    font.save(HERE / f"SignflipSans-{style}.woff2")
    advances = font["hmtx"]
    widths[weight] = {chr(c): advances[glyph][0] for c, glyph in sorted(font.getBestCmap().items())}

(HERE / "widths.json").write_text(json.dumps({"unitsPerEm": 1000, "advances": widths}, ensure_ascii=False) + "\n")
