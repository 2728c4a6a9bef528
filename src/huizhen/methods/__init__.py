"""工作法: what worked, written so that others can do it again; who reused it, and what came of it; and learning together."""
