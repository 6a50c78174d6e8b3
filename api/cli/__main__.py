"""``python -m api.cli``: the same as the ``hotline`` command."""

from api.cli import main

main()
