"""
The commands: where each is, and what is said of it in the list of all.

The list is shown without loading any of them, which takes longer than all the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "demo": (
            "certcore_cli._demo",
            "Show what it does: certificates for sample learners, in a folder.",
        ),
        "init": (
            "certcore_cli._init",
            "Begin a project: commented files that work, with sample learners.",
        ),
        "check": (
            "certcore_cli._check",
            "Look for everything that would keep the project from running.",
        ),
        "plugins": (
            "certcore_cli._plugins",
            "List what is installed, or the options of one of them.",
        ),
        "preview": (
            "certcore_cli._preview",
            "Make one file with sample values, to look at the design.",
        ),
        "evaluate": (
            "certcore_cli._evaluate",
            "Say who would get a certificate and what everybody else lacks.",
        ),
        "issue": (
            "certcore_cli._issue",
            "Make certificates for everybody eligible, and tell them.",
        ),
        "import": (
            "certcore_cli._import",
            "Take over what another system issued; nobody is told.",
        ),
        "list": (
            "certcore_cli._certificates",
            "List certificates.",
        ),
        "show": (
            "certcore_cli._certificates",
            "Show everything about one certificate.",
        ),
        "explain": (
            "certcore_cli._explain",
            "Say everything about one person: certificates, messages, what is missing.",
        ),
        "history": (
            "certcore_cli._history",
            "Say who did what to a certificate, when and why.",
        ),
        "verify": (
            "certcore_cli._verify",
            "Say what a code or a file is worth; exit code 0 if it is valid.",
        ),
        "reissue": (
            "certcore_cli._reissue",
            "Replace a certificate by one that says the same, but for what you name.",
        ),
        "revoke": (
            "certcore_cli._life",
            "Take a certificate back; its code will say so.",
        ),
        "reinstate": (
            "certcore_cli._life",
            "Undo a revocation.",
        ),
        "annul": (
            "certcore_cli._life",
            "Declare a certificate a mistake of yours.",
        ),
        "cancel": (
            "certcore_cli._life",
            "Stop a certificate that isn't issued yet.",
        ),
        "runs": (
            "certcore_cli._runs",
            "List runs, or show one with everything that went wrong in it.",
        ),
        "hold": (
            "certcore_cli._holds",
            "Stop a configuration until somebody ends that; list what is held.",
        ),
        "unhold": (
            "certcore_cli._holds",
            "End a hold, so that runs go on.",
        ),
        "allow": (
            "certcore_cli._holds",
            "Let one run of a held configuration through.",
        ),
        "release": (
            "certcore_cli._holds",
            "Send the messages that wait to be sent by hand.",
        ),
        "ledger": (
            "certcore_cli._ledger",
            "Look at the ledger, upgrade it, or copy it to another database.",
        ),
    }
)
"""Module and summary of each, in the order in which one comes to need them."""
