//! As much of Rust's syntax as `tidy` needs: code without comments and literals, and the paths it names.

pub struct Lexed {
    /// The source with comments and the contents of literals blanked; line breaks stay.
    pub code: String,
    /// Strings and characters, with the place in `code` they began at.
    literals: Vec<(usize, String)>,
    /// Where the tests at the file's end begin.
    tests_at: usize,
}

impl Lexed {
    pub fn words_outside_tests(&self) -> impl Iterator<Item = &str> {
        self.code[..self.tests_at].split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
    }

    /// Those that follow `before` in the code, such as `t!(`.
    pub fn literals_after<'a>(&'a self, before: &'a str) -> impl Iterator<Item = &'a str> {
        let here = move |at: usize| {
            let rest = self.code[..at].trim_end().strip_suffix(before).filter(|_| at < self.tests_at);
            rest.is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        self.literals.iter().filter(move |(at, _)| here(*at)).map(|(_, text)| text.as_str())
    }

    /// Those between `open`, which ends with a parenthesis, and the one that closes it.
    pub fn literals_within<'a>(&'a self, open: &'a str) -> impl Iterator<Item = &'a str> {
        let ends = self.code.match_indices(open).map(|(at, _)| (at + open.len(), closed(&self.code, at + open.len())));
        let spans: Vec<(usize, usize)> = ends.filter(|(at, _)| *at < self.tests_at).collect();
        let within = move |at: usize| spans.iter().any(|(from, to)| (*from..*to).contains(&at));
        self.literals.iter().filter(move |(at, _)| within(*at)).map(|(_, text)| text.as_str())
    }

    pub fn literals_outside_tests(&self) -> impl Iterator<Item = &str> {
        self.literals.iter().filter(|(at, _)| *at < self.tests_at).map(|(_, text)| text.as_str())
    }
}

pub fn lex(text: &str) -> Lexed {
    let chars: Vec<char> = text.chars().collect();
    let (mut code, mut literals, mut at) = (String::new(), Vec::new(), 0);
    while at < chars.len() {
        let end = comment_end(&chars, at).unwrap_or(at);
        if end > at {
            code.extend(chars[at..end].iter().filter(|c| **c == '\n'));
            code.push(' ');
            at = end;
        } else if let Some(end) = literal_end(&chars, at) {
            literals.push((code.len(), chars[at..end].iter().collect()));
            // `feature = "ssr"` is looked for by its key alone.
            code.push_str("\"\"");
            code.extend(chars[at..end].iter().filter(|c| **c == '\n'));
            at = end;
        } else {
            code.push(chars[at]);
            at += 1;
        }
    }
    // Tests stand at the end of a file; `mod samples;` is a file of its own.
    let tests_at = code.find("#[cfg(test)]\nmod tests {").unwrap_or(code.len());
    Lexed { code, literals, tests_at }
}

/// Where what was opened before `from` is closed.
fn closed(code: &str, from: usize) -> usize {
    let mut depth = 1;
    let end = code[from..].find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    end.map_or(code.len(), |end| from + end)
}

fn starts(chars: &[char], at: usize, with: &str) -> bool {
    with.chars().enumerate().all(|(n, c)| chars.get(at + n) == Some(&c))
}

fn comment_end(chars: &[char], at: usize) -> Option<usize> {
    if starts(chars, at, "//") {
        return Some(chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |line| at + line));
    }
    if !starts(chars, at, "/*") {
        return None;
    }
    let (mut depth, mut end) = (1, at + 2);
    while depth > 0 && end < chars.len() {
        match () {
            () if starts(chars, end, "/*") => (depth, end) = (depth + 1, end + 2),
            () if starts(chars, end, "*/") => (depth, end) = (depth - 1, end + 2),
            () => end += 1,
        }
    }
    Some(end)
}

fn literal_end(chars: &[char], at: usize) -> Option<usize> {
    let in_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match chars[at] {
        '"' => Some(quoted_end(chars, at + 1, '"')),
        'r' if !in_word || chars[at - 1] == 'b' => {
            let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
            let open = at + 1 + hashes;
            let close: String = std::iter::once('"').chain("#".repeat(hashes).chars()).collect();
            (chars.get(open) == Some(&'"')).then(|| {
                let end = (open + 1..chars.len()).find(|end| starts(chars, *end, &close));
                end.map_or(chars.len(), |end| end + close.chars().count())
            })
        }
        // A lifetime has no quote behind its first letter.
        '\'' if chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\'') => {
            Some(quoted_end(chars, at + 1, '\''))
        }
        _ => None,
    }
}

fn quoted_end(chars: &[char], from: usize, quote: char) -> usize {
    let mut at = from;
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// Every path of this crate that the code of a module names, from the crate's root.
pub fn imports(code: &str, module: &[String]) -> Vec<Vec<String>> {
    let tokens = tokens(code);
    let (mut found, mut inner, mut depth, mut at) = (Vec::new(), Vec::<(usize, String)>::new(), 0, 0);
    while at < tokens.len() {
        match tokens[at].as_str() {
            "mod" if tokens.get(at + 2).is_some_and(|next| next == "{") => {
                inner.push((depth, tokens[at + 1].clone()));
                depth += 1;
                at += 3;
                continue;
            }
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                inner.pop_if(|(opened, _)| *opened == depth);
            }
            root @ ("crate" | "super" | "comptoir")
                if tokens.get(at + 1).is_some_and(|next| next == "::") && (at == 0 || tokens[at - 1] != "::") =>
            {
                let mut base: Vec<String> = Vec::new();
                if root == "comptoir" {
                    base.push(root.to_owned());
                }
                let mut next = at + 2;
                if root == "super" {
                    base.extend(module.iter().cloned());
                    base.extend(inner.iter().map(|(_, name)| name.clone()));
                    base.pop();
                    while tokens[next] == "super" {
                        base.pop();
                        next += 2;
                    }
                }
                at = tree(&tokens, next, &base, &mut found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Reads one path or `{…}` of a use tree into `found`; answers where it ended.
fn tree(tokens: &[String], mut at: usize, base: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = base.to_vec();
    loop {
        match tokens[at].as_str() {
            "{" => {
                at += 1;
                while tokens[at] != "}" {
                    at = if tokens[at] == "," { at + 1 } else { tree(tokens, at, &path, found) };
                }
                return at + 1;
            }
            "self" | "*" | "$" => at += 1,
            word if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                path.push(word.to_owned());
                at += 1;
            }
            _ => {}
        }
        if tokens.get(at).is_none_or(|next| next != "::") {
            break;
        }
        at += 1;
    }
    found.push(path);
    if tokens.get(at).is_some_and(|next| next == "as") { at + 2 } else { at }
}

fn tokens(code: &str) -> Vec<String> {
    let (mut tokens, mut rest) = (Vec::new(), code);
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match first {
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        };
        if !first.is_whitespace() {
            tokens.push(rest[..length].to_owned());
        }
        rest = &rest[length..];
    }
    tokens
}

#[test]
fn paths_are_found_in_trees_modules_and_code() {
    let code = "use crate::{a::{self, b as c}, d}; use super::e; fn f() { crate::g::h() } mod tests { use super::*; \
                use super::super::i::*; }";
    let module = ["room".to_owned(), "file".to_owned()];
    let found: Vec<String> = imports(code, &module).into_iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["a", "a::b", "d", "room::e", "g::h", "room::file", "room::i"]);
}

#[test]
fn comments_and_literals_are_blanked() {
    let lexed =
        lex("let a = \"crate::x\"; // crate::y\n/* crate::z */ let b: &'a str = r#\"\"q\"\"#; 'c' '\\'' b\"d\"");
    assert!(!lexed.code.contains("crate"), "{}", lexed.code);
    assert_eq!(
        lexed.literals_outside_tests().collect::<Vec<_>>(),
        ["\"crate::x\"", "r#\"\"q\"\"#", "'c'", "'\\''", "\"d\""]
    );
}
