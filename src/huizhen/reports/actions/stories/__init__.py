"""Every write of stories. `writing`: the words. `pictures`. `consenting`: asking the branch, and its answer. `reviewing`: out, or back."""
