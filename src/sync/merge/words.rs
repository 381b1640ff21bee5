//! Three-way merge of a line of text, word by word.

/// What `theirs` and `mine`, both edits of `base`, come to; `None` where they touch the same words. Words are what lies
/// between spaces.
///
/// The comparison is `diffy`'s, which merges lines: each word becomes one. A conflict is told by its result, not looked
/// for in the text, so that a word may be anything.
pub fn merge(base: &str, theirs: &str, mine: &str) -> Option<String> {
    let lines = |text: &str| text.split_whitespace().map(|word| format!("{word}\n")).collect::<String>();
    let merged = diffy::merge(&lines(base), &lines(theirs), &lines(mine)).ok()?;
    Some(merged.lines().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_words_both_stand_and_the_same_words_clash() {
        let base = "taxi vers le marché";
        let merged = |theirs, mine| merge(base, theirs, mine);
        assert_eq!(
            merged("grand taxi vers le marché", "taxi vers le marché Madina").as_deref(),
            Some("grand taxi vers le marché Madina")
        );
        assert_eq!(merged("moto vers le marché", "taxi vers le port").as_deref(), Some("moto vers le port"));
        assert_eq!(merged("moto vers le marché", "camion vers le marché"), None);
        assert_eq!(merge("", "payé", "à payer"), None);
        assert_eq!(merge("a", "<<<<<<< a", "a b").as_deref(), Some("<<<<<<< a b"), "a marker is a word");
    }
}
