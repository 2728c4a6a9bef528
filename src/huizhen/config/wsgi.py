"""The WSGI application, for our own server and for any other. It refuses to exist while demo accounts stand open."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huizhen.config.settings")
application = get_wsgi_application()

from huizhen.config.installation import refuse_demo_accounts  # noqa: E402  (needs Django set up)

refuse_demo_accounts()
connections.close_all()
