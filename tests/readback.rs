//! What is printed is read back: the answers to the corpus and to the commands of `tests/cases`, in plain text, in ASCII and
//! in LaTeX, have the value that they had.

mod common;

use matdiff::session::{Answer, Dialect, Format, Session, Task, Verdict};

const FORMATS: [(Format, Dialect); 3] = [(Format::Plain, Dialect::Plain), (Format::Ascii, Dialect::Plain), (Format::Latex, Dialect::Latex)];

/// A question, and what its answer is read with.
struct Question {
    what: String,
    session: Session,
    task: Task,
    text: String,
    wrt: Vec<String>,
}

/// The words of a line as a shell takes it apart; `None` for what is more than one command.
fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote, mut inside) = (Vec::new(), String::new(), None, false);
    for c in line.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some('"'), '$' | '`') => return None,
            (Some(_), c) => word.push(c),
            (None, '\'' | '"') => (quote, inside) = (Some(c), true),
            (None, '|' | '>' | '<' | ';' | '&' | '$' | '\\') => return None,
            (None, ' ') => {
                if inside || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                inside = false;
            }
            (None, c) => word.push(c),
        }
    }
    if inside || !word.is_empty() {
        words.push(word);
    }
    quote.is_none().then_some(words)
}

/// A command as a question; `None` for other commands and other options than those that say what is asked.
fn question(line: &str) -> Option<Question> {
    let words = words(line)?;
    let mut words = words.iter().map(String::as_str);
    if words.next() != Some("matdiff") {
        return None;
    }
    let task = match words.next()? {
        "grad" => Task::Gradient,
        "jac" => Task::Jacobian,
        "hess" => Task::Hessian,
        "simplify" => Task::Simplify,
        _ => return None,
    };
    let mut asked = Question { what: line.to_owned(), session: Session::new(), task, text: String::new(), wrt: Vec::new() };
    while let Some(word) = words.next() {
        match word {
            "--wrt" => asked.wrt.extend(words.next()?.split(',').map(|w| w.trim().to_owned())),
            "--var" => asked.session.declare(words.next()?).ok()?,
            "--fn" => asked.session.declare_function(words.next()?).ok()?,
            "--from" => asked.session.set_dialect(if words.next()? == "latex" { Dialect::Latex } else { Dialect::Plain }),
            option if option.starts_with('-') => return None,
            text if asked.text.is_empty() => text.clone_into(&mut asked.text),
            _ => return None,
        }
    }
    (asked.wrt.len() < 2).then_some(asked)
}

/// The commands of the documents.
fn console() -> Vec<Question> {
    let folder = common::root().join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("tests/cases").map(|e| e.expect("an entry").path()).collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).expect("UTF-8"));
    texts.flat_map(|text| text.lines().filter_map(|l| question(l.strip_prefix("$ ")?)).collect::<Vec<_>>()).collect()
}

fn corpus() -> Vec<Question> {
    let one = |case: common::Case| Question {
        what: case.id.clone(),
        session: case.session(),
        task: case.task,
        text: case.expr.clone(),
        wrt: case.wrt.clone(),
    };
    common::corpus().into_iter().map(one).collect()
}

/// The declarations of what a note says: `x_i is n×1, A is m×n`.
fn inferred(note: &str) -> Option<Vec<String>> {
    let one = |part: &str| {
        let (name, shape) = part.split_once(" is ")?;
        let kind = match shape.split_once('×') {
            None if matches!(shape, "a scalar" | "an index") => "scalar".to_owned(),
            None => return None,
            Some((rows, "1")) => format!("vector({rows})"),
            Some(("1", cols)) => format!("rowvector({cols})"),
            Some((rows, cols)) => format!("matrix({rows},{cols})"),
        };
        Some(format!("{name}: {kind}"))
    };
    note.split(", ").map(one).collect()
}

/// A session with what the answer says of the names of its question.
fn reader(asked: &Question, answer: &Answer) -> Session {
    let mut session = asked.session.clone();
    let declared: Vec<String> = answer.notes().iter().find_map(|note| inferred(note)).unwrap_or_default();
    for line in &declared {
        session.declare(line).unwrap_or_else(|e| panic!("{line}: {}", e.render(line, false)));
        // The direction of a second derivative has the shape of the variable.
        if let (Some((name, kind)), Task::Hessian) = (line.split_once(':'), asked.task)
            && asked.wrt.first().is_some_and(|w| w == name)
        {
            session.declare(&format!("V:{kind}")).expect("a declaration");
        }
    }
    session
}

/// What goes wrong where an answer is read back.
fn read_back(asked: &Question) -> (usize, Vec<String>) {
    let wrt: Vec<&str> = asked.wrt.iter().map(String::as_str).collect();
    let Ok(mut answer) = asked.session.ask(asked.task, &asked.text, &wrt) else { return (0, Vec::new()) };
    let reader = reader(asked, &answer);
    let bare = |text: String| text.rsplit_once(['↦']).map_or(text.clone(), |(_, map)| map.trim().to_owned());
    let bare = |text: String| bare(text.rsplit_once("\\mapsto").map_or(text.clone(), |(_, map)| map.trim().to_owned()));
    let plain = answer.text(Format::Plain);
    let [plain] = &plain[..] else { return (0, Vec::new()) };
    let plain = bare(plain.clone().replace("|->", "↦"));
    let mut wrong = Vec::new();
    for (format, dialect) in FORMATS {
        let printed = bare(answer.text(format).join("\n").replace("|->", "↦"));
        let mut reader = reader.clone();
        reader.set_dialect(dialect);
        let read = match reader.ask(Task::Simplify, &printed, &[]) {
            Ok(mut read) => read.text(Format::Plain).join("\n"),
            Err(error) => {
                wrong.push(format!("{}\n  {printed}\n{}", asked.what, error.render(&printed, false)));
                continue;
            }
        };
        reader.set_dialect(Dialect::Plain);
        match reader.equal(&read, &plain) {
            Ok(comparison) if matches!(comparison.verdict, Verdict::Equal(_) | Verdict::Undecided) => {}
            Ok(_) => wrong.push(format!("{}\n  {printed}\n  is read back as {read}", asked.what)),
            Err(error) => wrong.push(format!("{}\n  {read} beside {plain}\n{}", asked.what, error.render(&read, false))),
        }
    }
    (1, wrong)
}

fn all(questions: &[Question], least: usize) {
    let (mut count, mut wrong) = (0, Vec::new());
    for asked in questions {
        let (read, more) = read_back(asked);
        count += read;
        wrong.extend(more);
    }
    assert!(wrong.is_empty(), "{} of {} times {count}:\n{}", wrong.len(), FORMATS.len(), wrong.join("\n"));
    assert!(count >= least, "{count} answers are read back");
}

#[test]
fn answers_to_the_corpus_are_read_back() {
    all(&corpus(), 100);
}

#[test]
fn answers_of_the_documents_are_read_back() {
    all(&console(), 100);
}
