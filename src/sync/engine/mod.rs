//! What to send next and what a verdict does, as values.
