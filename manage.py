#!/usr/bin/env python
"""HealthEquiRoute's command line: `manage.py help` lists every command."""

import os
import sys
from importlib import import_module

# Commands that read files only, by their package: they need neither settings nor apps, whose start takes seconds.
WITHOUT_APPS = dict.fromkeys(("dex_evaluate", "dex_check", "dex_complete"), "priorities.management.commands")


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name in WITHOUT_APPS:
        import_module(f"{WITHOUT_APPS[name]}.{name}").Command().run_from_argv(sys.argv)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthequiroute.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
