//! Shows how two texts differ, by lines.

/// The lines that only one of them has, with `-` (before) and `+` (after), by longest common subsequence.
pub fn difference(before: &str, after: &str) -> String {
    let before: Vec<&str> = before.lines().collect();
    let after: Vec<&str> = after.lines().collect();
    let start = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let ends = before[start..].iter().rev().zip(after[start..].iter().rev());
    let end = ends.take_while(|(one, other)| one == other).count();
    let (before, after) = (&before[start..before.len() - end], &after[start..after.len() - end]);
    let width = after.len() + 1;
    let mut common = vec![0_u32; (before.len() + 1) * width];
    for one in (0..before.len()).rev() {
        for other in (0..after.len()).rev() {
            common[one * width + other] = if before[one] == after[other] {
                common[(one + 1) * width + other + 1] + 1
            } else {
                common[(one + 1) * width + other].max(common[one * width + other + 1])
            };
        }
    }
    let (mut one, mut other, mut lines) = (0, 0, Vec::new());
    while one < before.len() || other < after.len() {
        if one < before.len() && other < after.len() && before[one] == after[other] {
            one += 1;
            other += 1;
        } else if one < before.len()
            && (other == after.len() || common[(one + 1) * width + other] >= common[one * width + other + 1])
        {
            lines.push(format!("{:>5} - {}", start + one + 1, before[one]));
            one += 1;
        } else {
            lines.push(format!("{:>5} + {}", start + other + 1, after[other]));
            other += 1;
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_went_and_what_came() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\nd\n"), "    2 - b\n    2 + x\n    4 + d");
        assert_eq!(difference("a\n", "a\n"), "");
        assert_eq!(difference("", "a\n"), "    1 + a");
    }
}
