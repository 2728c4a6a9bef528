"""`python -m tests.deploy`: what `make check` asks Django itself: are migrations missing, would production settings be safe?"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile

QUESTIONS = (
    ["makemigrations", "--check", "--dry-run"],
    ["check", "--deploy", "--fail-level", "WARNING"],
)


def main() -> int:
    with tempfile.TemporaryDirectory() as var:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HUIZHEN_", "DATABASE_", "DJANGO_"))
        }
        environment |= {
            "HUIZHEN_VAR": var,
            "HUIZHEN_HTTPS": "1",
            "HUIZHEN_ALLOWED_HOSTS": "huizhen.example.com",
            "HUIZHEN_SECRET_KEY": secrets.token_urlsafe(64),
            "HUIZHEN_JOURNAL_KEY": secrets.token_urlsafe(64),
        }
        for words in QUESTIONS:
            print("huizhen", *words, flush=True)
            done = subprocess.run([sys.executable, "-m", "huizhen.config.cli", *words], env=environment)
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
