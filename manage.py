#!/usr/bin/env python
"""HealthEquiRoute's command line: `manage.py help` lists every command."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthequiroute.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
