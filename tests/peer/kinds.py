#!/usr/bin/env python3
"""What python-stdnum says of numbers, valid and mutated, compact and as written.

    pip install python-stdnum==2.2
    tests/peer/kinds.py > tests/peer/kinds.tsv

Each line: the kind, the text, and the compact form that python-stdnum gives it,
or `-` where it refuses. The test `kinds::peer` reads the file, so that no test
needs the package or the network. Every number is drawn, none is anybody's.

Template: d a digit, l a letter, a either, anything else itself.
"""
import importlib
import random
import sys

SCHEMES = [
    # kind, module, templates of the compact form
    ("cn-resident-id", "cn.ric", ["110105dddddddddddd", "440524dddddddddddd"]),
    ("cn-uscc", "cn.uscc", ["9111010daaaaaaaaaa", "9244030daaaaaaaaaa"]),
    ("tw-ubn", "tw.ubn", ["dddddddd"]),
    ("jp-my-number", "jp.in_", ["dddddddddddd"]),
    ("kr-rrn", "kr.rrn", ["dd0d1dddddddd", "dd1020ddddddd", "dd0d2d3dddddd"]),
    ("kr-brn", "kr.brn", ["dddddddddd"]),
    ("my-nric", "my.nric", ["dd0d1ddddddd", "dd1d0d01dddd"]),
    ("th-pin", "th.pin", ["ddddddddddddd"]),
    ("id-nik", "id.nik", ["31710117dddd0001", "3171010d0ddddddd", "317101570ddddddd"]),
    ("id-npwp", "id.npwp", ["ddddddddddddddd"]),
    ("in-aadhaar", "in_.aadhaar", ["dddddddddddd"]),
    ("in-pan", "in_.pan", ["lllPlddddl", "lllCldddd" + "l", "llllldddd" + "l"]),
    ("in-epic", "in_.epic", ["lllddddddd"]),
    ("in-gstin", "in_.gstin", ["27lllPlddddl1Za"]),
    ("pk-cnic", "pk.cnic", ["ddddddddddddd"]),
    ("il-id", "il.idnr", ["ddddddddd"]),
    ("tr-id", "tr.tckimlik", ["ddddddddddd"]),
    ("tr-vkn", "tr.vkn", ["dddddddddd"]),
    ("gb-nhs", "gb.nhs", ["dddddddddd"]),
    ("gb-utr", "gb.utr", ["dddddddddd"]),
    ("ie-pps", "ie.pps", ["dddddddl", "dddddddlA", "dddddddlW"]),
    ("fr-nir", "fr.nir", ["1dddddddddddddd", "2dddd2Adddddddd", "1dddd2Bdddddddd"]),
    ("fr-spi", "fr.nif", ["0dddddddddddd", "3dddddddddddd"]),
    ("de-tax-id", "de.idnr", ["ddddddddddd"]),
    ("at-svnr", "at.vnr", ["dddddddddd"]),
    ("at-tin", "at.tin", ["599ddddddd"[:9], "59dddddd" + "d"]),
    ("ch-ahv", "ch.ssn", ["756dddddddddd"]),
    ("be-nn", "be.nn", ["dd0d1dddddd", "dd1021ddddd"]),
    ("nl-bsn", "nl.bsn", ["ddddddddd"]),
    ("es-nif", "es.dni", ["ddddddddl"]),
    ("es-nif", "es.nie", ["Xdddddddl", "Ydddddddl", "Zdddddddl"]),
    ("pt-nif", "pt.nif", ["ddddddddd"]),
    ("pt-cc", "pt.cc", ["dddddddddaad"]),
    ("it-cf", "it.codicefiscale", ["lllllldd" + "A0d" + "H501l", "llllll" + "ddT5dDdddl"]),
    ("gr-amka", "gr.amka", ["0d0ddddddd" + "d", "1d1" + "0ddddddd"]),
    ("gr-afm", "gr.vat", ["ddddddddd"]),
    ("cy-tic", "cy.vat", ["ddddddddl"]),
    ("dk-cpr", "dk.cpr", ["1d0ddddddd", "2d1" + "0dddddd"]),
    ("se-personnummer", "se.personnummer", ["dd0d1ddddd", "dd1021dddd"]),
    ("no-fnr", "no.fodselsnummer", ["1d0dddddddd", "2d10ddddddd", "5d0dddddddd"]),
    ("fi-hetu", "fi.hetu", ["1d0ddd-ddda", "2d10ddAddda", "0d0ddd+ddda"]),
    ("is-kennitala", "is_.kennitala", ["1d0ddddddd", "2d10dddd" + "d9", "1d0ddddd" + "d0"]),
    ("ee-isikukood", "ee.ik", ["3dd0d1ddddd", "6dd1020dddd"]),
    ("lt-asmens", "lt.asmens", ["3dd0d1ddddd", "4dd1020dddd", "9dddddddddd"]),
    ("lv-personas", "lv.pvn", ["1d0ddd1dddd", "32ddddddddd"]),
    ("pl-pesel", "pl.pesel", ["dd0d1dddddd", "dd2d1dddddd"]),
    ("pl-nip", "pl.nip", ["dddddddddd"]),
    ("cz-birth-number", "cz.rc", ["dd0d1ddddd", "dd5d1ddddd", "3d0d1d" + "ddd"]),
    ("ro-cnp", "ro.cnp", ["1dd0d1d40dddd", "2dd1020120ddd"]),
    ("bg-egn", "bg.egn", ["dd0d1ddddd", "dd4d1ddddd"]),
    ("bg-lnch", "bg.pnf", ["dddddddddd"]),
    ("hr-oib", "hr.oib", ["ddddddddddd"]),
    ("jmbg", "si.emso", ["1d0d9ddddddddd"[:13], "2d10" + "0dd" + "500ddd"]),
    ("md-idnp", "md.idno", ["ddddddddddddd"]),
    ("ua-rnokpp", "ua.rntrc", ["dddddddddd"]),
    ("ru-inn", "ru.inn", ["dddddddddd", "dddddddddddd"]),
    ("us-ssn", "us.ssn", ["ddddddddd"]),
    ("us-itin", "us.itin", ["9dd7ddddd", "9dd9ddddd", "9dd5ddddd"]),
    ("ca-sin", "ca.sin", ["ddddddddd"]),
    ("mx-curp", "mx.curp", ["BOXW" + "dd0d1dHDFRXN0d"[:14], "LOXM" + "dd1020MNERXNAd"]),
    ("mx-rfc", "mx.rfc", ["VACE" + "dd0d1d" + "aaa", "ABC" + "dd1020" + "aaa"]),
    ("br-cpf", "br.cpf", ["ddddddddddd"]),
    ("br-cnpj", "br.cnpj", ["dddddddd0001dd"]),
    ("ar-dni", "ar.dni", ["ddddddd", "dddddddd"]),
    ("ar-cuit", "ar.cuit", ["20ddddddddd", "27ddddddddd", "30ddddddddd"]),
    ("cl-rut", "cl.rut", ["dddddddd", "ddddddddd", "ddddddddK"]),
    ("co-nit", "co.nit", ["ddddddddd", "dddddddddd"]),
    ("ec-ci", "ec.ci", ["17dddddddd", "0ddddddddd"]),
    ("pe-dni", "pe.cui", ["dddddddd", "ddddddddd"]),
    ("pe-ruc", "pe.ruc", ["10ddddddddd", "20ddddddddd"]),
    ("ve-rif", "ve.rif", ["Vddddddddd", "Eddddddddd", "Jddddddddd"]),
    ("py-ruc", "py.ruc", ["ddddddd", "dddddddd", "80ddddddd"]),
    ("do-cedula", "do.cedula", ["ddddddddddd"]),
    ("cu-ni", "cu.ni", ["dd0d1dddddd"]),
    ("za-id", "za.idnr", ["dd0d1ddddd08d", "dd1020dddd18d"]),
    ("mu-nid", "mu.nid", ["l1d0dddddddd" + "da"]),
    ("au-tfn", "au.tfn", ["ddddddddd", "dddddddd"]),
    ("au-abn", "au.abn", ["ddddddddddd"]),
    ("nz-ird", "nz.ird", ["1ddddddd" + "d", "0dddddddd"]),
    ("lei", "lei", ["213800aaaaaaaaaaaadd"]),
    ("imei", "imei", ["ddddddddddddddd"]),
    ("iban", "iban", ["DEdddddddddddddddddddd", "GBddllll" + "d" * 14, "NOdd" + "d" * 11, "PLdd" + "d" * 24]),
    ("bic", "bic", ["llll" + "DEaa", "llllFRaaaaa"]),
]

ALPHABETS = {
    "d": "0123456789",
    "l": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "a": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}


def draw(template, dice):
    return "".join(dice.choice(ALPHABETS[c]) if c in ALPHABETS else c for c in template)


def verdict(module, text):
    try:
        return module.validate(text)
    except Exception:  # its own exceptions, and its own mistakes
        return "-"


def main():
    dice = random.Random(20261123)
    out = []
    for kind, name, templates in SCHEMES:
        module = importlib.import_module("stdnum." + name)
        for template in templates:
            valid = []
            for _ in range(30_000):
                text = draw(template, dice)
                if verdict(module, text) != "-":
                    valid.append(text)
                    if len(valid) == 6:
                        break
            for text in valid:
                out.append((kind, text, verdict(module, text)))
                shown = getattr(module, "format", lambda n: n)(text)
                out.append((kind, shown, verdict(module, shown)))
                at = dice.randrange(len(text))
                c = text[at]
                pool = ALPHABETS["d"] if c.isdigit() else ALPHABETS["l"]
                wrong = text[:at] + dice.choice([x for x in pool if x != c]) + text[at + 1 :]
                out.append((kind, wrong, verdict(module, wrong)))
                at = dice.randrange(len(text) - 1)
                swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
                out.append((kind, swapped, verdict(module, swapped)))
                out.append((kind, text[:-1], verdict(module, text[:-1])))
            for _ in range(4):
                text = draw(template, dice)
                out.append((kind, text, verdict(module, text)))
            if not valid:
                print(f"{kind} {template}: nothing valid was drawn", file=sys.stderr)
    for line in out:
        print("\t".join(line))


if __name__ == "__main__":
    main()
