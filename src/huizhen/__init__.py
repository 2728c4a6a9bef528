"""会诊 Huizhen: a branch registers its problem, one expert is accountable, nothing closes without a measured follow-up."""

__version__ = "0.1.0"
