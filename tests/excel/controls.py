"""What an accountant meets on a sheet besides cells: buttons to press, and cells that take only some entries."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from typing import NamedTuple

from .office import LIMIT, Uno, bounded, pyuno, struct


class Validation(NamedTuple):
    """The rule of one cell: its type (LIST, DATE, ANY ...), both formulas, and the entries of a literal list."""

    type: str
    formula1: str
    formula2: str
    list: tuple[str, ...]


def _controls(document: Uno, sheet_name: str) -> Iterator[tuple[Uno, list[Uno]]]:
    """Walk over the form buttons of a sheet, each with the script events bound to it."""
    forms = document.Sheets.getByName(sheet_name).DrawPage.Forms
    for number in range(forms.Count):
        form = forms.getByIndex(number)
        for place in range(form.Count):
            model = form.getByIndex(place)
            if model.supportsService("com.sun.star.form.component.CommandButton"):
                yield model, list(form.getScriptEvents(place))


def _macro(events: list[Uno]) -> str:
    """Name the macro that a press starts, as `Module.Sub`; empty when none is bound."""
    for event in events:
        if event.EventMethod == "actionPerformed":
            path = str(event.ScriptCode).partition(":")[2].partition("?")[0]
            return path.partition(".")[2]
    return ""


def buttons(document: Uno, sheet_name: str) -> dict[str, str]:
    """Read the caption of every button of a sheet, each with the macro bound to it, as `Module.Sub`."""
    return {str(model.Label): _macro(events) for model, events in _controls(document, sheet_name)}


def _listener(ended: threading.Event) -> Uno:
    """Make an object that LibreOffice tells when a macro has ended, by itself or by an error."""
    stopped = 1

    def notified(_: Uno, event: Uno) -> None:
        if event.Identifier == stopped:
            ended.set()

    def disposing(_: Uno, __: Uno) -> None:
        ended.set()

    interface = pyuno().getClass("com.sun.star.script.vba.XVBAScriptListener")
    members = {"notifyVBAScriptEvent": notified, "disposing": disposing}
    return type("Listener", (importlib.import_module("unohelper").Base, interface), members)()


def press(document: Uno, sheet_name: str, caption: str, seconds: float = LIMIT) -> None:
    """Press the real button with this caption, and return when its macro has ended.

    The control's own accessible action is used: this is what a screen reader does, LibreOffice itself
    then fires the bound event, and it works headless with a hidden document (the sheet is activated
    first, since a control exists only on the sheet that is shown). The macro starts only after the
    press is over; a listener to the VBA library tells of its end. A macro that stops on an error looks
    the same as one that succeeds: assert what it should do. When some module of the library does not
    compile, LibreOffice says nothing and starts nothing: that is a TimeoutError here.

    Raises:
        KeyError: the sheet has no such button, or no macro is bound to it.
        TimeoutError: the macro has not started, or is still running.
    """
    document.CurrentController.setActiveSheet(document.Sheets.getByName(sheet_name))
    model = next((model for model, _ in _controls(document, sheet_name) if model.Label == caption), None)
    if model is None or not buttons(document, sheet_name)[caption]:
        raise KeyError(f"no button {caption} with a macro on {sheet_name}")
    button = document.CurrentController.getControl(model).getAccessibleContext()
    ended = threading.Event()
    listener = _listener(ended)
    document.BasicLibraries.addVBAScriptListener(listener)
    try:
        bounded(lambda: button.doAccessibleAction(0), f"press {caption}", seconds)
        if not ended.wait(seconds):
            raise TimeoutError(f"the macro of {caption} has not ended in {seconds:g} seconds")
    finally:
        document.BasicLibraries.removeVBAScriptListener(listener)


def validations(document: Uno, sheet_name: str, a1: str) -> Validation:
    """Read the rule that a cell's entries must meet; a literal list comes apart into its entries."""
    rule = document.Sheets.getByName(sheet_name).getCellRangeByName(a1).Validation
    first, second = str(rule.getFormula1()), str(rule.getFormula2())
    kind = str(rule.Type.value)
    entries = tuple(part.strip('"') for part in first.split(";")) if kind == "LIST" and '"' in first else ()
    return Validation(kind, first, second, entries)


def choose(document: Uno, table: str, column: int, text: str) -> None:
    """Set a criterion on a table's filter button, as a user does, without hiding any row yet.

    Args:
        document: the workbook.
        table: the table's name.
        column: the column inside the table, from 1.
        text: the one entry whose rows stay.
    """
    equal = pyuno().Enum("com.sun.star.sheet.FilterOperator", "EQUAL")
    field = struct("sheet.TableFilterField", Field=column - 1, IsNumeric=False, StringValue=text, Operator=equal)
    fields = pyuno().Any("[]com.sun.star.sheet.TableFilterField", (field,))
    descriptor = document.DatabaseRanges.getByName(table).getFilterDescriptor()
    pyuno().invoke(descriptor, "setFilterFields", (fields,))
