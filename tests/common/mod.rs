//! What the tests share: the corpus, sessions with its declarations, equality of two texts.
#![allow(dead_code, reason = "each test uses its own part")]

use matdiff::base::Diagnostic;
use matdiff::elab::{self, Context, Elaborated};
use matdiff::ir::{ExprId, Facts, Shape, Store, Symbol, SymbolId};
use matdiff::num;
use matdiff::session::{Form, Format, Layout, Session, Task};
use matdiff::syntax;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The repository's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One case of `tests/corpus`.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: String,
    pub task: Task,
    pub expr: String,
    pub wrt: Vec<String>,
    pub declarations: String,
    pub functions: Vec<String>,
    /// The known answer in the plain dialect.
    pub answer: String,
    /// Where the answer is from.
    pub source: String,
    /// The whole object.
    pub json: Value,
}

/// The corpus, in the order of its files.
pub fn corpus() -> Vec<Case> {
    let folder = root().join("tests/corpus");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).expect("tests/corpus").map(|e| e.expect("an entry").path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "jsonl"));
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("UTF-8");
        for (at, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
            let json: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{}:{}: {e}", file.display(), at + 1));
            cases.push(case(json).unwrap_or_else(|what| panic!("{}:{}: `{what}` is missing", file.display(), at + 1)));
        }
    }
    let ids: BTreeSet<&str> = cases.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids.len(), cases.len(), "two cases have one id");
    cases
}

fn case(json: Value) -> Result<Case, &'static str> {
    let text = |key: &'static str| json[key].as_str().map(str::to_owned).ok_or(key);
    let task = match text("cmd")?.as_str() {
        "grad" => Task::Gradient,
        "diff" => Task::Differential,
        "simplify" => Task::Simplify,
        "jac" => Task::Jacobian,
        "hess" => Task::Hessian,
        _ => return Err("cmd: grad, diff, jac, hess or simplify"),
    };
    let variables = json["vars"].as_object().ok_or("vars")?;
    let declarations: Vec<String> = variables.iter().map(|(n, k)| format!("{n}: {}", k.as_str().unwrap_or("?"))).collect();
    let functions = json["fns"].as_object().map(|f| f.keys().filter(|k| !k.starts_with('d')).cloned().collect()).unwrap_or_default();
    Ok(Case {
        id: text("id")?,
        task,
        expr: text("expr")?,
        wrt: json["wrt"].as_str().map(|w| vec![w.to_owned()]).unwrap_or_default(),
        declarations: declarations.join("; "),
        functions,
        answer: text("answer")?,
        source: text("source")?,
        json,
    })
}

impl Case {
    /// A session with the case's declarations.
    pub fn session(&self) -> Session {
        let mut session = Session::new();
        session.declare(&self.declarations).unwrap_or_else(|e| panic!("{}: {}", self.id, e.render("", false)));
        for function in &self.functions {
            session.declare_function(function).unwrap_or_else(|e| panic!("{}: {}", self.id, e.render("", false)));
        }
        session.set_layout(match self.json["layout"].as_str() {
            Some("denominator") => Layout::Denominator,
            Some("vec") => Layout::Vec,
            _ => Layout::Numerator,
        });
        session.set_form(match self.json["as"].as_str() {
            Some("operator") => Some(Form::Operator),
            Some("kron") => Some(Form::Kron),
            Some("index") => Some(Form::Index),
            _ => None,
        });
        session
    }

    /// Declarations that an answer to the case can be read with: those of the case, and its differentials.
    pub fn answer_declarations(&self) -> String {
        let mut text = self.declarations.clone();
        if self.task == Task::Differential {
            let variables = self.json["vars"].as_object().expect("vars");
            for (name, kind) in variables {
                text.push_str(&format!("; d{name}: {}", kind.as_str().unwrap_or("?")));
            }
        }
        // The direction of a Hessian that is a linear map.
        if self.task == Task::Hessian && self.answer.split(|c: char| !c.is_alphanumeric()).any(|w| w == "V") {
            text.push_str(&format!("; V: {}", self.json["vars"][self.wrt.concat()].as_str().unwrap_or("?").replace("spd", "symmetric")));
        }
        text
    }

    pub fn wrt(&self) -> Vec<&str> {
        self.wrt.iter().map(String::as_str).collect()
    }
}

/// A session with these declarations.
pub fn session(declarations: &str, functions: &[String]) -> Session {
    let mut session = Session::new();
    if !declarations.is_empty() {
        session.declare(declarations).expect("a declaration");
    }
    for function in functions {
        session.declare_function(function).expect("a function");
    }
    session
}

/// The one line of an answer.
pub fn line(session: &Session, task: Task, text: &str, wrt: &[&str], format: Format) -> Result<String, Diagnostic> {
    session.ask(task, text, wrt).map(|mut answer| answer.text(format).join("\n"))
}

/// What two texts are to each other.
#[derive(Debug, PartialEq, Eq)]
pub enum Relation {
    /// One normal form after simplifying.
    Same,
    /// The same value at random points.
    Equal,
    /// Different, or not comparable; why.
    Different(String),
}

/// Compares two texts under the same declarations: by normal form, then numerically.
pub fn relation(declarations: &str, functions: &[String], left: &str, right: &str) -> Relation {
    let compare = || -> Result<Relation, Diagnostic> {
        let declared = if declarations.is_empty() { Vec::new() } else { syntax::parse_declarations(declarations)? };
        let defined = functions.iter().map(|f| syntax::parse_function(f)).collect::<Result<Vec<_>, _>>()?;
        let mut store = Store::new();
        let mut read = |text: &str, known: &[elab::Variable]| -> Result<Elaborated, Diagnostic> {
            let mut variables: BTreeSet<String> = declared.iter().map(|d| d.name.clone()).collect();
            variables.extend(known.iter().map(|v| v.name.clone()));
            let names: BTreeSet<String> = defined.iter().map(|f| f.name.clone()).collect();
            let vocabulary = elab::vocabulary(variables, names);
            let ast = syntax::parse(text, &vocabulary)?;
            // What is in the store already keeps its shape; only what is new is declared again.
            let rest: Vec<_> = declared.iter().filter(|_| known.is_empty()).cloned().collect();
            let context = Context { declarations: &rest, functions: &defined, known, ..Context::default() };
            elab::elaborate(&mut store, &ast, text, &context)
        };
        let first = read(left, &[])?;
        let second = read(right, &first.variables)?;
        let mut rewriter = matdiff::rewrite::Rewriter::new();
        let (a, b) = (rewriter.simplify(&mut store, first.root), rewriter.simplify(&mut store, second.root));
        if first.root == second.root || a == b {
            return Ok(Relation::Same);
        }
        Ok(match num::check_equal(&store, first.root, second.root, &[], &num::Options::default()) {
            Ok(_) => Relation::Equal,
            Err(failure) => Relation::Different(failure.to_string()),
        })
    };
    compare().unwrap_or_else(|e| Relation::Different(format!("{} and {}: {}", left, right, e.render(right, false))))
}

/// Runs a script of tests/code on jobs; what it says.
pub fn python(script: &str, jobs: &[serde_json::Value]) -> Option<String> {
    let python = root().join("target/venv/bin/python");
    if !python.exists() {
        assert!(std::env::var_os("CI").is_none(), "target/venv is missing: .ci/run makes it");
        eprintln!("skipped: no target/venv with numpy and scipy; .ci/run makes it");
        return None;
    }
    let mut command = std::process::Command::new(python);
    command.arg(root().join("tests/code").join(script));
    Some(answered(command, jobs))
}

/// What a program prints that reads these jobs; it must end well.
pub fn answered(mut command: std::process::Command, jobs: &[serde_json::Value]) -> String {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let text = serde_json::to_string(jobs).expect("JSON");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

/// A variable of a test: name, rows, columns, structure.
pub type Variable = (&'static str, &'static str, &'static str, Facts);

/// Declares them: the name, the expression, the number of each.
pub fn declared(store: &mut Store, variables: &[Variable]) -> Vec<(&'static str, ExprId, SymbolId)> {
    let one = |&(name, rows, cols, facts): &Variable| {
        let mut dim = |text: &str| if text == "1" { store.dim_const(1) } else { store.dim_named(text) };
        let shape = Shape::new(dim(rows), dim(cols));
        let id = store.declare(Symbol { name: name.into(), spelling: name.into(), shape, facts, ranges: Vec::new() });
        (name, store.symbol(id), id)
    };
    variables.iter().map(one).collect()
}
