"""Server-rendered pages. Finds with `policy.get_visible`, checks a form, calls one action, answers."""
