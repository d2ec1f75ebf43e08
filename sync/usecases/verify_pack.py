"""Check an audit pack of Tieout: python verify.py [PACK] [LEDGER]  (needs Python 3.8 or later, and nothing else).

PACK is the pack's folder, by default the one in which this file is; LEDGER is the file ledger.db, where it is at hand.
Each statement is printed after "ok" (it is so), "NO" (it is not; the exit status is 1) or "--" (it cannot be told).
1. files    each file's SHA-256 by SHA256SUMS.txt; that none is missing, and none is there that it does not name.
2. figures  figures.csv tells how every total of every paper comes about: it is the sum of the lines of its number. Each
            adds (times 1) or takes away (times -1) the sum of a column of a CSV file over the rows that `where` picks
            (Column=words, several parted by " | "); without a column, it counts the rows. Where the total stands in a
            CSV file itself (row_file, row, row_column), it has to be the same there.
3. head     the ledger's last row and its hash, in ledger-head.json: the cover has to name them.
4. ledger   that its chain is whole, that it holds that row with that hash, and that it recorded the same files when the
            pack was made. Without it, nobody can tell whether a file, its hash and all its totals were changed alike.

A field of a CSV file that begins with an apostrophe holds what comes after it: so a spreadsheet leaves 007 as it is.
Commas part the fields in English; in French semicolons do, and a comma stands before the cents.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any, Dict, Tuple

MANIFEST, FIGURES, HEAD, COVER = "SHA256SUMS.txt", "figures.csv", "ledger-head.json", "csv/00-*.csv"
Finding = Tuple[Any, str, Dict[str, Any]]  # whether it is so (None: cannot be told), the statement, its values
EXPECTED = (OSError, ValueError, KeyError, TypeError, ArithmeticError, csv.Error, sqlite3.Error)
ROWS = "SELECT seq, kind, run, key, at, state, proof, invoice, attempt, written, body, hash FROM entry ORDER BY seq"
ENGLISH = {
    "files": "{count} files are those that SHA256SUMS.txt names.",
    "changed": "{name} has the SHA-256 {then}; what is there has {now}: it was changed.",
    "missing": "{name} is there; SHA256SUMS.txt names it, and it is missing.",
    "strange": "{name} is named by SHA256SUMS.txt; it is strange to this pack.",
    "figures": "{count} totals come out of the CSV files to the cent.",
    "differs": "Total {figure} ({paper}, {part}, {label}, {currency}) is {amount}; the CSV files give {now}.",
    "printed": "Total {figure} ({paper}, {part}, {label}, {currency}) is {amount}; {row_file}, row {row}, says {now}.",
    "stated": "Total {figure} ({paper}, {part}, {label}, {currency}) is {amount}: it has no rule and was not derived.",
    "head": "The cover names the ledger's row {rows} and its hash {hash}.",
    "alone": "The ledger recorded these files when this pack was made: no ledger was at hand.",
    "chain": "The ledger's rows from 1 to {count} are one chain.",
    "holds": "The ledger holds a row {rows} with the hash that this pack names.",
    "recorded": "The ledger recorded the same SHA-256 of every file when this pack was made.",
    "unlike": "The ledger recorded the same SHA-256 of {name} when this pack was made.",
    "unreadable": "{what} can be read as it should be: {why}",
    "verdict": "All of it agrees; {count} of the statements above say NO.",
}
FRENCH = {
    "files": "{count} fichiers sont ceux que nomme SHA256SUMS.txt.",
    "changed": "{name} a le SHA-256 {then}; celui qui est là a {now} : il a été modifié.",
    "missing": "{name} est là; SHA256SUMS.txt le nomme, et il manque.",
    "strange": "{name} est nommé dans SHA256SUMS.txt; il est étranger à ce dossier.",
    "figures": "{count} totaux se retrouvent dans les fichiers CSV au cent près.",
    "differs": "Total {figure} ({paper}, {part}, {label}, {currency}) : {amount}; les fichiers CSV donnent {now}.",
    "printed": "Total {figure} ({paper}, {part}, {label}, {currency}) : {amount}; {row_file}, ligne {row}, dit {now}.",
    "stated": "Total {figure} ({paper}, {part}, {label}, {currency}) : {amount}, sans règle, n'a pas été recalculé.",
    "head": "La couverture nomme la ligne {rows} du registre et son empreinte {hash}.",
    "alone": "Le registre a inscrit ces fichiers quand ce dossier a été fait : il n'était pas disponible.",
    "chain": "Les lignes 1 à {count} du registre forment une seule chaîne.",
    "holds": "Le registre contient une ligne {rows} avec l'empreinte que nomme ce dossier.",
    "recorded": "Le registre a inscrit le même SHA-256 de chaque fichier quand ce dossier a été fait.",
    "unlike": "Le registre a inscrit le même SHA-256 de {name} quand ce dossier a été fait.",
    "unreadable": "{what} se lit comme il se doit : {why}",
    "verdict": "Tout concorde; {count} des énoncés ci-dessus disent NO.",
}


def is_french(folder: Path) -> bool:
    """Return whether semicolons part the fields of a pack's figures."""
    return (folder / FIGURES).is_file() and b";" in (folder / FIGURES).read_bytes().partition(b"\n")[0]


def named(folder: Path) -> dict[str, str]:
    """Return the SHA-256 that the manifest says of each file, by name."""
    lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def files(folder: Path) -> Iterator[Finding]:
    """Check the hash of every file, and that no file is missing or strange."""
    sums, agree = named(folder), 0
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name in sorted({*sums, *there} - {MANIFEST}):
        if name not in sums or name not in there:
            yield False, "missing" if name in sums else "strange", {"name": name}
            continue
        now = hashlib.sha256(there[name].read_bytes()).hexdigest()
        agree += now == sums[name]
        if now != sums[name]:
            yield False, "changed", {"name": name, "now": now, "then": sums[name]}
    yield bool(agree) or None, "files", {"count": agree}


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file by column, without the apostrophe before a field."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines, delimiter=";" if is_french(folder) else ",", strict=True):
            if None in row or None in row.values():
                raise ValueError(f"{name}: {list(row.values())}")
            yield {column: field[1:] if field[:1] == "'" else field for column, field in row.items()}


def number(field: str) -> Decimal:
    """Return an amount or a count."""
    return Decimal(field.replace(",", "."))


def added(rows_of_file: Iterable[dict[str, str]], lines: list[dict[str, str]], sums: dict[str, Decimal]) -> None:
    """Go through a CSV file once, and add to each total what the lines of figures.csv about that file say."""
    picks = {line["where"]: [pair.split("=", 1) for pair in line["where"].split(" | ") if pair] for line in lines}
    of = {where: [line for line in lines if line["where"] == where] for where in picks}
    for row in rows_of_file:
        for where, wanted in picks.items():
            for line in of[where] if all(row[column] == words for column, words in wanted) else ():
                value = number(row[line["column"]] or "0") if line["column"] else Decimal(1)
                sums[line["figure"]] += value * int(line["times"])


def figures(folder: Path) -> Iterator[Finding]:
    """Derive every total again from the CSV files, and hold it against what its paper's own file says."""
    lines = list(rows(folder, FIGURES)) if (folder / FIGURES).is_file() else []  # a pack may have no CSV files
    totals, sums, agree = {line["figure"]: line for line in lines}, {line["figure"]: Decimal(0) for line in lines}, 0
    for name in {line["file"] for line in lines} - {""}:
        added(rows(folder, name), [line for line in lines if line["file"] == name], sums)
    printed = {name: list(rows(folder, name)) for name in {line["row_file"] for line in lines} - {""}}
    for figure, line in totals.items():
        cells = printed.get(line["row_file"], [line])[int(line["row"] or 1) - 1 :][:1]  # none where the row is gone
        said, now = "".join(cell[line["row_column"] or "amount"] for cell in cells), sums[figure]
        if not said or number(said) != number(line["amount"]):
            yield False, "printed", dict(line, now=said)
        if not line["file"] or now != number(line["amount"]):
            yield (False, "differs", dict(line, now=now)) if line["file"] else (None, "stated", line)
        else:
            agree += 1
    yield bool(agree) or None, "figures", {"count": agree}


def head(folder: Path) -> Iterator[Finding]:
    """Check that the cover names the end of the ledger that the pack was made of."""
    end = json.loads((folder / HEAD).read_text(encoding="utf-8"))
    covers = [cover.read_text(encoding="utf-8-sig") for cover in sorted(folder.glob(COVER))[:1]]
    yield any(end["hash"] and end["hash"] in said for said in covers) if covers else None, "head", end


def ledger(folder: Path, path: Path | None) -> Iterator[Finding]:
    """Check the ledger's chain, that it holds the pack's head, and that it recorded the same files."""
    if path is None:
        yield None, "alone", {}
        return
    end, recorded, hashes = json.loads((folder / HEAD).read_text(encoding="utf-8")), [], ["0" * 64]
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        for row in database.execute(ROWS):
            said = json.dumps([hashes[-1], row[:-1]], ensure_ascii=False, separators=(",", ":"))
            hashes.append(hashlib.sha256(said.encode()).hexdigest())
            if (row[0], row[-1]) != (len(hashes) - 1, hashes[-1]):
                yield False, "chain", {"count": row[0]}
                return
            if row[1] == "export" and row[2] == end["run"] and json.loads(row[10])["ledger_hash"] == end["hash"]:
                recorded.append(dict(json.loads(row[10])["files"]))
    yield True, "chain", {"count": len(hashes) - 1}
    yield end["rows"] < len(hashes) and hashes[end["rows"]] == end["hash"], "holds", end
    sums = named(folder)  # a month that is closed has packs of one head: what it recorded of this one is the likest
    then = max(recorded, key=lambda each: len(each.items() & sums.items()), default={})
    unlike = {name for name in {*then, *sums} if then and then.get(name) != sums.get(name)}
    yield from ((False, "unlike", {"name": name}) for name in sorted(unlike))
    yield bool(then) and then == sums, "recorded", {}


def checked(folder: Path, path: Path | None = None) -> list[Finding]:
    """Return what was found, the verdict last; a file that cannot be read is a finding too."""
    found: list[Finding] = []
    checks = ((MANIFEST, files(folder)), (FIGURES, figures(folder)), (HEAD, head(folder)), (path, ledger(folder, path)))
    for what, check in checks:
        try:
            found.extend(check)
        except EXPECTED as error:
            found.append((False, "unreadable", {"what": what, "why": f"{type(error).__name__} {error}"}))
    wrong = sum(agrees is False for agrees, _, _ in found)
    return [*found, (not wrong, "verdict", {"count": wrong})]


def statements(folder: Path, found: Iterable[Finding]) -> Iterator[str]:
    """Yield what was found in sentences of the pack's language, each after its mark."""
    words = FRENCH if is_french(folder) else ENGLISH
    marks = {True: "ok", False: "NO", None: "--"}
    return (f"{marks[agrees]}  {words[statement].format(**values)}" for agrees, statement, values in found)


if __name__ == "__main__":
    pack = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).resolve().parent
    findings = checked(pack, Path(sys.argv[2]) if sys.argv[2:] else None)
    said = "".join(f"{line}\n" for line in statements(pack, findings))
    sys.stdout.write(said.encode(sys.stdout.encoding, "replace").decode(sys.stdout.encoding))
    sys.exit(not findings[-1][0])
