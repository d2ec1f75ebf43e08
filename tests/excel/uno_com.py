"""A class that Basic's CreateObject makes, as Windows' COM would: LibreOffice asks this process for it.

On Windows LibreOffice has the service `com.sun.star.bridge.OleObjectFactory` for that; elsewhere there is none, so that
one of ours can take its place.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from .office import Uno, context_of, pyuno

SERVICE = "com.sun.star.bridge.OleObjectFactory"
Method = Callable[..., object]
Nothing = tuple[()]


def offer(pipe: str, name: str, methods: dict[str, Method]) -> Uno:
    """Let CreateObject make an object with these methods by this name; return what `withdraw` takes.

    The methods are called in threads of this process, and LibreOffice waits for them as for a COM server.
    """
    manager = _manager(pipe)
    factory = _Factory(name, methods).made()
    manager.insert(factory)
    return factory


def withdraw(pipe: str, factory: Uno) -> None:
    """Take the class away again."""
    _manager(pipe).remove(factory)


def _manager(pipe: str) -> Uno:
    """The service manager of the LibreOffice on this pipe."""
    return context_of(pipe).ServiceManager


class _Factory:
    """Builds the UNO objects, whose classes are known once LibreOffice's Python is there."""

    def __init__(self, name: str, methods: dict[str, Method]) -> None:
        self._name, self._methods = name, {each.casefold(): method for each, method in methods.items()}

    def made(self) -> Uno:
        """The factory of the factory, as a service manager keeps it."""

        def create(_: object, __: object) -> Uno:
            return self._objects()

        return _implement(
            ("lang.XSingleComponentFactory", "lang.XServiceInfo"),
            createInstanceWithContext=create,
            createInstanceWithArgumentsAndContext=lambda _, __, ___: self._objects(),
            getImplementationName=lambda _: "tests.excel.uno_com",
            supportsService=lambda _, service: service == SERVICE,
            getSupportedServiceNames=lambda _: (SERVICE,),
        )

    def _objects(self) -> Uno:
        """What makes objects by the names of their classes."""
        return _implement(
            ("lang.XMultiServiceFactory",),
            createInstance=lambda _, wanted: self._object() if wanted == self._name else None,
            createInstanceWithArguments=lambda _, __, ___: None,
            getAvailableServiceNames=lambda _: (self._name,),
        )

    def _object(self) -> Uno:
        def invoke(_: object, method: str, arguments: tuple[Any, ...], *__: object) -> tuple[object, Nothing, Nothing]:
            return self._methods[method.casefold()](*arguments), (), ()

        return _implement(
            ("script.XInvocation",),
            invoke=invoke,
            getIntrospection=lambda _: None,
            hasMethod=lambda _, method: method.casefold() in self._methods,
            hasProperty=lambda _, __: False,
            getValue=lambda _, __: None,
            setValue=lambda _, __, ___: None,
        )


def _implement(interfaces: tuple[str, ...], **members: Method) -> Uno:
    known = [pyuno().getClass(f"com.sun.star.{each}") for each in interfaces]
    return type("Offered", (importlib.import_module("unohelper").Base, *known), members)()
