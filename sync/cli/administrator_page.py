"""The page for whoever administers Manage and Sage: what to make for Tieout, why, and what to hand over. No secret."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from msgspec import Struct

from sync.core.values.messages import Language, Text, say
from sync.settings.interview import CLOUD, USUAL, Field

TITLE = say("admin-title")
PURPOSE = say("admin-purpose")
ACCESS = say("admin-what-tieout-does")
IT_DOES = say("admin-does")
IT_NEVER_DOES = say("admin-does-not")
IN_MANAGE = say("admin-in-manage")
CUSTOMISED = say("admin-tables-customised")
IN_SAGE = say("admin-in-sage")
HAND_OVER = say("admin-hand-over")
OPEN_PART = say("admin-open-part")
SECRET_PART = say("admin-secret-part")
SIGNED = say("admin-signed")
AFTERWARDS = say("admin-afterwards")
THEN_SETUP = say("admin-then-setup")
TAKE_AWAY = say("admin-take-away")
HANDED_TO, ON_DAY = say("admin-handed-to"), say("admin-on-day")


class Right(Struct, frozen=True):
    """What one line of a security role allows, in Manage's own words, and why.

    Attributes:
        module: as the role's page in Manage names it.
        add, edit, delete, inquire: the level of each; a dash for none.
        why: it is asked for.
    """

    module: str
    add: str
    edit: str
    delete: str
    inquire: str
    why: Text

    @property
    def levels(self) -> tuple[str, ...]:
        """In the order of Manage's columns."""
        return self.add, self.edit, self.delete, self.inquire


_NONE, _ALL = "-", "All"
RIGHTS = (
    Right("Finance > Accounting Interface", _ALL, _ALL, _ALL, _ALL, say("admin-why-accounting-interface")),
    Right("Finance > Invoicing", _NONE, _ALL, _ALL, _ALL, say("admin-why-invoicing")),
    Right("Companies > Company Maintenance", _NONE, _NONE, _NONE, _ALL, say("admin-why-companies")),
    Right("System > Table Setup", _NONE, _NONE, _NONE, f"{_ALL} *", say("admin-why-tables")),
)
"""The role that those who write payments into Manage ask for (facts/connectwise-manage.md 1)."""
RIGHT_HEADS = ("Add", "Edit", "Delete", "Inquire")
Step = tuple[Text, Text]
"""What to do, and why."""
CLIENT: Step = (say("admin-client-id"), say("admin-why-client-id"))
ROLE: Step = (say("admin-role"), say("admin-why-role"))
MEMBER: Sequence[Step] = (
    (say("admin-member"), say("admin-why-member")),
    (say("admin-keys"), say("admin-why-keys")),
)
SAGE: Sequence[Step] = (
    (say("admin-sage-user"), say("admin-why-sage-user")),
    (say("admin-sage-access"), say("admin-why-sage-access")),
    (
        say("admin-sage-computer", port=USUAL[Field.PORT], database=USUAL[Field.DATABASE]),
        say("admin-why-sage-computer"),
    ),
    (say("admin-sage-firewall", port=USUAL[Field.PORT]), say("admin-why-sage-firewall")),
    (say("admin-sage-users"), say("admin-why-sage-users")),
)
DOES = (say("admin-does-read"), say("admin-does-write"), say("admin-does-prove"))
DOES_NOT = (say("admin-not-sage"), say("admin-not-invoices"), say("admin-not-elsewhere"), say("admin-not-passwords"))
Blank = tuple[Text, Text]
"""What is handed over, and an example or where it is found."""
OPEN: Sequence[Blank] = (
    (say("manage-site"), say("admin-blank-site", names=", ".join(CLOUD))),
    (say("admin-company"), say("admin-blank-company")),
    (say("client-id"), say("admin-blank-client-id")),
    (say("sage-host-computer"), say("admin-blank-computer")),
    (say("sage-connection-manager-port"), say("admin-blank-usual", usual=USUAL[Field.PORT])),
    (say("database"), say("admin-blank-usual", usual=USUAL[Field.DATABASE])),
    (say("sage-user"), say("admin-blank-sage-user")),
    (say("admin-users-at-a-time"), say("admin-blank-users")),
)
IN_PERSON = (say("api-member-public-key"), say("api-member-private-key"), say("sage-user-password"))
STYLE = """
@page { size: letter; margin: 11mm 14mm; }
* { box-sizing: border-box; }
body { font: 10.5pt/1.4 "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #1b1f24; max-width: 48rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 18pt; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 12.5pt; margin: 1.4rem 0 .4rem; padding-bottom: .15rem; border-bottom: 2px solid #1f4e79;
  color: #1f4e79; break-after: avoid; }
p { margin: .3rem 0; }
.why, .hint, .note { color: #57606a; font-size: 9.5pt; }
ol { padding-left: 1.5rem; margin: .3rem 0; }
li { margin: .35rem 0; break-inside: avoid; }
ul { padding-left: 1.2rem; margin: .2rem 0; }
ul li { margin: .15rem 0; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0; break-inside: avoid; }
th, td { border: 1px solid #c8ccd1; padding: .25rem .45rem; text-align: left; vertical-align: top; font-size: 9.5pt; }
th { background: #eef2f6; font-weight: 600; }
td.level { text-align: center; white-space: nowrap; }
table.form td { height: 1.9rem; vertical-align: middle; }
table.form td:first-child { width: 31%; font-weight: 600; }
table.form td.hint { width: 31%; font-weight: 400; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.6rem; }
.two h3 { font-size: 10.5pt; margin: .2rem 0; }
.signed { margin-top: 1rem; break-inside: avoid; }
@media (max-width: 40rem) { .two { grid-template-columns: 1fr; } td, th { overflow-wrap: anywhere; padding: .2rem; } }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 8.7pt; line-height: 1.26; }
  h1 { font-size: 15pt; } h2 { font-size: 11pt; margin-top: .8rem; } .two h3 { font-size: 9pt; }
  .why, .hint, .note, th, td { font-size: 8pt; } li { margin: .2rem 0; } th, td { padding: .15rem .4rem; }
  .form-part { break-before: page; }
}
"""


def page(language: Language) -> str:
    """Return the page as HTML, in a language: it stands alone, prints on two sheets, and holds nothing of any site."""

    def said(text: Text | str) -> str:
        return escape(text.said(language) if isinstance(text, Text) else text)

    def steps(found: Iterable[Step]) -> str:
        return "".join(f'<li>{said(what)}<div class="why">{said(why)}</div></li>\n' for what, why in found)

    def bullets(found: Iterable[Text]) -> str:
        return "".join(f"<li>{said(each)}</li>\n" for each in found)

    def row(cells: Iterable[tuple[str, Text | str]], cell: str = "td") -> str:
        return f"<tr>{''.join(f'<{cell}{look}>{said(words)}</{cell}>' for look, words in cells)}</tr>\n"

    level, hint = ' class="level"', ' class="hint"'
    rights = row((("", each) for each in ("Module", *RIGHT_HEADS, say("why"))), "th") + "".join(
        row((("", each.module), *((level, got) for got in each.levels), ("", each.why))) for each in RIGHTS
    )
    by_form = "".join(row((("", what), ("", ""), (hint, where))) for what, where in OPEN)
    by_hand = "".join(
        row((("", what), ("", say("admin-handed-to")), (hint, say("admin-on-day")))) for what in IN_PERSON
    )
    title = said(TITLE)
    return f"""<!DOCTYPE html>
<html lang="{language.code}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<p>{said(PURPOSE)}</p>
<h2>{said(ACCESS)}</h2>
<div class="two">
<div><h3>{said(IT_DOES)}</h3><ul>{bullets(DOES)}</ul></div>
<div><h3>{said(IT_NEVER_DOES)}</h3><ul>{bullets(DOES_NOT)}</ul></div>
</div>
<h2>{said(IN_MANAGE)}</h2>
<ol>
{steps([CLIENT])}<li>{said(ROLE[0])}<div class="why">{said(ROLE[1])}</div>
<table>
{rights}</table>
<p class="note">* {said(CUSTOMISED)}</p></li>
{steps(MEMBER)}</ol>
<h2>{said(IN_SAGE)}</h2>
<ol>
{steps(SAGE)}</ol>
<h2 class="form-part">{said(HAND_OVER)}</h2>
<p>{said(OPEN_PART)}</p>
<table class="form">
{by_form}</table>
<p><strong>{said(SECRET_PART)}</strong></p>
<table class="form">
{by_hand}</table>
<p class="signed">{said(SIGNED)}</p>
<h2>{said(AFTERWARDS)}</h2>
<p>{said(THEN_SETUP)}</p>
<p>{said(TAKE_AWAY)}</p>
</body>
</html>
"""
