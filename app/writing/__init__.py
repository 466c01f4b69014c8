"""Where bodies come from: briefs, prompts, models, and the pool of proven skeletons."""
