"""
Secrets: named in a configuration, kept in the environment or in a file.
"""

from __future__ import annotations

import os

from pathlib import Path
from typing import Any

from attrs import Attribute, field, frozen

from certcore.exceptions import ConfigurationError, Problem


def _either(instance: SecretRef, attribute: Attribute[Any], value: str) -> None:
    del attribute
    if bool(value) == bool(instance.env):
        msg = 'a secret is named by { env = "NAME" } or { file = "…" }'
        raise ValueError(msg)


@frozen(kw_only=True)
class SecretRef:
    """
    Says where a secret is to be found: `{ env = "NAME" }` or `{ file = "/run/secrets/name" }`.

    It is read when it is needed, so that a rotated one needs no restart, and never shown.
    """

    env: str = ""
    file: str = field(default="", validator=_either)
    folder: str = field(default="", repr=False, eq=False)
    """What a relative file name is relative to."""

    def __str__(self) -> str:
        return f"${self.env}" if self.env else self.file

    def reveal(self) -> str:
        """
        Read the secret, without a newline at its end.

        Raises:
            certcore.exceptions.ConfigurationError:
                If it isn't where the reference says.
        """
        if self.env:
            value = os.environ.get(self.env)
            if value is None:
                raise ConfigurationError(
                    [Problem("", f"the environment variable {self.env} isn't set")]
                )
            return value
        try:
            return Path(self.folder, self.file).read_text("utf-8").rstrip("\r\n")
        except OSError as exc:
            why = exc.strerror
        except UnicodeDecodeError:
            # neither the cause nor the context: it carries the bytes
            why = "not a text"
        except ValueError:
            why = "not the name of a file"
        raise ConfigurationError([Problem("", f"the secret in {self.file} can't be read: {why}")])
