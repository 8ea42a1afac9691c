"""Cuts the portal's typeface: `make fonts`. What it writes is committed, so only changing the cuts needs it.

Source Serif 4 (OFL) comes from npm in one file for each script, variable in weight and optical size. Two cuts are made
of it: "NOC Text" at optical size 11, weights 400 to 700, and "NOC Display" at optical size 60, weight 470. The names
are ours because the licence reserves theirs for unchanged files.

Latin and Latin Extended become one file. Apart they cost a quarter more, because the second has to repeat the letters
that its accents stand on, and nearly every page has a Polish address or a Latvian name.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.bootstrap import places, vendor
from portal.bootstrap.progress import say

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

PACKAGE = vendor.Package(
    "@fontsource-variable/source-serif-4",
    "5.3.1",
    "sha512-4Rtay22SC4lMvw11r/+9kxANB6P3M0X8s1NudBC2v0J1KU2y3DcMoNcT3lBoZ/CqLirzf+StlO6UlJilyrvaUg==",
    (),
)
FAMILY_NAME = 1
TARGET = places.ROOT / "portal" / "web" / "static" / "web" / "fonts"

#: Letters by language, beyond ASCII; the portal's languages are those of the ENLETS members, with Serbian, Turkish and
#: Ukrainian for partners and place names. Taken from CLDR's exemplar sets; Romanian also in its older spelling with
#: cedillas, which keyboards still write.
LETTERS = {
    "Albanian": "ÇËçë",
    "Bulgarian": "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЬЮЯабвгдежзийклмнопрстуфхцчшщъьюяЍѝ",
    "Croatian, Bosnian, Slovene": "ĆČĐŠŽćčđšž",
    "Czech": "ÁČĎÉĚÍŇÓŘŠŤÚŮÝŽáčďéěíňóřšťúůýž",
    "Danish, Norwegian": "ÅÆØåæø",
    "Dutch": "ËÏÉÓÜëïéóü",
    "Estonian": "ÄÕÖÜŠŽäõöüšž",
    "Finnish, Swedish": "ÅÄÖåäöŠŽšž",
    "French": "ÀÂÆÇÈÉÊËÎÏÔŒÙÛÜàâæçèéêëîïôœùûüÿ",
    "German": "ÄÖÜßäöü",
    "Greek": "ΆΈΉΊΌΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ",
    "Hungarian": "ÁÉÍÓÖŐÚÜŰáéíóöőúüű",
    "Icelandic": "ÁÐÉÍÓÚÝÞÆÖáðéíóúýþæö",
    "Irish": "ÁÉÍÓÚáéíóú",
    "Italian": "ÀÈÉÌÒÙàèéìòù",
    "Latvian": "ĀČĒĢĪĶĻŅŖŠŪŽāčēģīķļņŗšūž",
    "Lithuanian": "ĄČĘĖĮŠŲŪŽąčęėįšųūž",
    "Maltese": "ĊĠĦŻċġħż",
    "Polish": "ĄĆĘŁŃÓŚŹŻąćęłńóśźż",
    "Portuguese": "ÀÁÂÃÇÉÊÍÓÔÕÚàáâãçéêíóôõú",
    "Romanian": "ĂÂÎȘȚăâîșțŞŢşţ",
    "Serbian": "ЂЈЉЊЋЏђјљњћџ",
    "Slovak": "ÁÄČĎÉÍĹĽŇÓÔŔŠŤÚÝŽáäčďéíĺľňóôŕšťúýž",
    "Spanish": "ÁÉÍÑÓÚÜáéíñóúü",
    "Turkish": "ÇĞİÖŞÜçğıöşü",
    "Ukrainian": "ЄІЇҐєіїґ",
}
#: Signs of every page; arrows are drawn, but two of them stand in words of the interface.
ASCII = "".join(chr(code) for code in range(0x20, 0x7F))
SIGNS = "\u00a0\u00ad\u2009¡£§©«®°±²³´·»¼½¾¿×÷–—‘’‚“”„•…‹›€™↑↓−"
GREEK_SIGNS, CYRILLIC_SIGNS = "΄΅", "№"


def _letters(first: int, last: int) -> str:
    return "".join(sorted({letter for word in LETTERS.values() for letter in word if first <= ord(letter) <= last}))


LATIN = ASCII + SIGNS + _letters(0x80, 0x24F)
GREEK = GREEK_SIGNS + _letters(0x370, 0x3FF)
CYRILLIC = CYRILLIC_SIGNS + _letters(0x400, 0x4FF)
#: Letters that are no letter plus accent to Unicode, and the bare letter whose kerning they take.
BARE = {"Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ı": "i", "Ł": "L", "ł": "l"}
#: Their accent stands at the right, where the bare letter leaves room for the next one.
WIDE_AT_RIGHT = frozenset("ďľťĽ")
#: file: the package's files that it is made of, and its characters.
SCRIPTS = {
    "latin": (("latin", "latin-ext"), LATIN),
    "greek": (("greek",), GREEK),
    "cyrillic": (("cyrillic",), CYRILLIC),
}
#: cut: family, place on the two axes.
CUTS: dict[str, tuple[str, dict[str, Any]]] = {
    "text": ("NOC Text", {"opsz": 11, "wght": (400, 700)}),
    "display": ("NOC Display", {"opsz": 60, "wght": 470}),
}


def cut_all(target: Path = TARGET) -> int:
    """Fetch the package, check it and write the six files to `target`; return the exit code."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(vendor.fetch(PACKAGE, Path(folder))) as archive:
        for cut, (family, axes) in CUTS.items():
            for script, (parts, characters) in SCRIPTS.items():
                fonts = [_part(archive, part, axes, characters) for part in parts]
                path = target / f"noc-{cut}-{script}.woff2"
                _write(_joined(fonts), family, path)
                say(f"{path.name}: {len(characters)} characters, {path.stat().st_size:,} bytes")
    return 0


def _part(archive: tarfile.TarFile, part: str, axes: dict[str, Any], characters: str) -> TTFont:
    """Return the part of the typeface at its place on the axes, with no more than these characters."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    member = archive.extractfile(f"package/files/source-serif-4-{part}-opsz-normal.woff2")
    font = TTFont(io.BytesIO(member.read() if member else b""), recalcTimestamp=False)
    options = Options()
    options.layout_features, options.hinting, options.name_IDs = ["kern", "liga"], False, [0, 1, 2, 14]
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    return instantiateVariableFont(font, axes)


def _joined(fonts: list[TTFont]) -> TTFont:
    """Return the first font with the letters of the others, kerned like the bare letters they are made from."""
    from fontTools.varLib.hvar import add_HVAR

    base, *others = fonts
    for other in others:
        # Tables that are not read yet know glyphs by number, and the numbers are about to change.
        base.ensureDecompiled()
        other.ensureDecompiled()
        new = _take_in(base, other)
        _kern_as_bare(base, new)
        if "gvar" in base:
            add_HVAR(base)
    return base


def _take_in(base: TTFont, other: TTFont) -> dict[str, str]:
    """Copy the letters that `base` lacks; parts that it has already (the bare letters) are not copied again.

    Returns letter: name of its glyph.
    """
    known = {_drawing(base, name): name for name in base.getGlyphOrder()}
    drawings = {name: _drawing(other, name) for name in other.getGlyphOrder()}
    names: dict[str, str] = {}

    def bring(name: str) -> str:
        if name not in names:
            names[name] = known.get(drawings[name]) or copy(name)
        return names[name]

    def copy(name: str) -> str:
        glyph = other["glyf"][name]
        for component in glyph.components if glyph.isComposite() else ():
            component.glyphName = bring(component.glyphName)
        new = name if name not in base["glyf"].glyphs else f"{name}.ext"
        base["glyf"][new] = glyph
        base["hmtx"][new] = other["hmtx"][name]
        if "gvar" in base:
            base["gvar"].variations[new] = other["gvar"].variations.get(name, [])
        return new

    there = base.getBestCmap()
    new = {chr(code): bring(name) for code, name in sorted(other.getBestCmap().items()) if code not in there}
    base.setGlyphOrder(list(base["glyf"].glyphOrder))
    base.getReverseGlyphMap(rebuild=True)
    for table in base["cmap"].tables:
        table.cmap.update({ord(letter): name for letter, name in new.items()})
    return new


def _drawing(font: TTFont, name: str) -> object:
    """Return what makes a glyph this glyph: its shape, its width, and how both change with the weight."""
    points, ends, flags = font["glyf"][name].getCoordinates(font["glyf"])
    moves = font["gvar"].variations.get(name, []) if "gvar" in font else []
    changes = tuple((repr(sorted(move.axes.items())), tuple(move.coordinates)) for move in moves)
    return tuple(points), tuple(ends), bytes(flags), font["hmtx"][name][0], changes


def _kern_as_bare(font: TTFont, letters: dict[str, str]) -> None:
    """Put each letter into the kerning classes of its bare letter."""
    cmap = font.getBestCmap()
    bare = {
        name: cmap[ord(BARE.get(letter) or unicodedata.normalize("NFD", letter)[0])] for letter, name in letters.items()
    }
    wide = {name for letter, name in letters.items() if letter in WIDE_AT_RIGHT}
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            if type(table).__name__ != "PairPos" or table.Format != 2:
                continue
            for name, like in bare.items():
                if like in table.Coverage.glyphs and name not in wide:
                    table.Coverage.glyphs.append(name)
                    _same_class(table.ClassDef1.classDefs, name, like)
                _same_class(table.ClassDef2.classDefs, name, like)
            table.Coverage.glyphs.sort(key=font.getGlyphID)


def _same_class(classes: dict[str, int], name: str, like: str) -> None:
    if like in classes:
        classes[name] = classes[like]


def _write(font: TTFont, family: str, path: Path) -> None:
    """Name the cut and write it; the licence and its address stay in the file."""
    for record in list(font["name"].names):
        if record.nameID == FAMILY_NAME:
            record.string = family
    font.flavor = "woff2"
    font.save(path)
