//! The command line: commands, options, and what they say about themselves.

use super::consistent::{consistent, consistent_question};
use crate::base::{Diagnostic, Fault};
use crate::session::{Along, Dialect, Extremum, Form, Format, Layout, Structure, Task};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};
use std::ffi::OsString;
use std::path::PathBuf;

/// Where the expression comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The command line.
    Argument(String),
    /// Standard input.
    Standard,
    /// A file with declarations and an expression.
    File(PathBuf),
}

/// What an answer is printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Mathematics.
    Text(Format),
    /// A Python function.
    Numpy,
    /// One object.
    Json,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

/// A question that is answered with yes or no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Whether the expression equals this one.
    Equal(String),
    /// Whether this is its derivative.
    Check(Task, String),
    /// Whether each line of this derivation follows from the one before.
    Derivation(Source),
}

/// Everything that the user asked for.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// In place of the task.
    pub question: Option<Question>,
    pub task: Task,
    pub source: Source,
    pub wrt: Vec<String>,
    pub variables: Vec<String>,
    pub functions: Vec<String>,
    /// Files with definitions of LaTeX commands.
    pub macros: Vec<PathBuf>,
    pub constraints: Vec<String>,
    pub goal: Option<Extremum>,
    pub dialect: Dialect,
    pub output: Output,
    pub layout: Option<Layout>,
    pub form: Option<Form>,
    pub steps: bool,
    pub explain_layout: bool,
    /// The order of a differential, where one was given.
    pub order: Option<u8>,
    pub along: Along,
    pub blocks: bool,
    pub structure: Structure,
    pub lhs: bool,
    pub lines: bool,
    pub verify: bool,
    pub verbose: bool,
    pub conditions: bool,
    pub standalone: bool,
    pub transpose: String,
    pub bold: bool,
    pub color: Color,
}

/// The commands that this version answers.
const COMMANDS: &[(&str, Task, &str)] = &[
    ("grad", Task::Gradient, "The gradient of a scalar, in the variable's own shape: df = ⟨∇f, dX⟩"),
    ("diff", Task::Differential, "The differential, in terms of dX"),
    ("jac", Task::Jacobian, "The Jacobian, rows following the function; --layout denominator or vec for others"),
    ("hess", Task::Hessian, "The Hessian of a scalar; by a matrix as the map V ↦ H[V], or --as kron, index"),
    ("solve", Task::Solve, "The stationary point in closed form: ∇f = 0 solved for the variables"),
    ("simplify", Task::Simplify, "The expression itself, simplified"),
    ("shapes", Task::Shapes, "Every name with its shape and structure"),
];

/// The commands that are answered with yes or no.
const QUESTIONS: &[(&str, &str)] = &[
    ("equal", "Whether two expressions are the same for all values; exit 1 with a counterexample"),
    ("check", "Whether a claimed derivative is right; exit 1 with what is wrong and the right answer"),
];

/// The commands of the language that this version knows by name only.
const LATER: &[&str] = &["repl"];

/// The formats of the language that this version knows by name only.
const LATER_FORMATS: &[&str] = &["typst", "mathml", "jax", "torch", "julia", "matlab", "rust", "tree"];

const EXAMPLES: &str = "\
Examples:
  matdiff grad 'log det(S) + tr(inv(S) A)' --wrt S --var 'S: spd(n)'
  matdiff grad '1/2 ‖X w - y‖^2' --wrt w -f numpy
  matdiff grad '\\frac{1}{2}\\|X\\mathbf{w}-\\mathbf{y}\\|_2^2' --wrt w -f latex --steps
  matdiff jac 'softmax(W x)' --wrt x
  matdiff hess 'logsumexp(A x)' --wrt x
  matdiff diff 'X^-1' --wrt X
  matdiff solve \"w'S w\" --wrt w --subject-to 'sum(w) = 1' --var 'S: spd(n)'
  matdiff shapes \"x' A x\"

Exit codes: 0 done · 1 the answer is no, or there is no closed form · 2 the input is wrong · 3 an internal check failed, and the answer was withheld";

/// The whole command line. The options of a command are built only when it is the one that was typed.
fn command() -> Command {
    let mut root = Command::new("matdiff")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Symbolic matrix calculus: gradients of matrix formulas, as formulas")
        .after_help(EXAMPLES)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(false);
    for &(name, _, about) in COMMANDS {
        root = root.subcommand(Command::new(name).about(about).defer(if name == "solve" { solve_options } else { options }));
    }
    for &(name, about) in QUESTIONS {
        root = root.subcommand(Command::new(name).about(about).defer(if name == "equal" { equal_options } else { check_options }));
    }
    for &name in LATER {
        let anything =
            |c: Command| c.disable_help_flag(true).arg(Arg::new("anything").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true));
        root = root.subcommand(Command::new(name).hide(true).defer(anything));
    }
    root
}

fn options(command: Command) -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    let list = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).action(ArgAction::Append).allow_hyphen_values(true).help(help)
    };
    command
        .arg(
            Arg::new("expr")
                .value_name("EXPR")
                .allow_hyphen_values(true)
                .conflicts_with("file")
                .help("The expression; - or nothing for standard input"),
        )
        .arg(list("wrt", "X,Y", "The variables, in order (repeatable)"))
        .arg(list("var", "NAME: KIND", "Declares variables: 'X: matrix(m,n); S: spd(n)' (repeatable)"))
        .arg(list("fn", "FUNCTION", "Declares a function: 'phi', 'phi(t) = 1/(1+exp(-t))', 'sigma = sigmoid' (repeatable)"))
        .arg(
            Arg::new("macros")
                .long("macros")
                .value_name("FILE")
                .action(ArgAction::Append)
                .value_hint(ValueHint::FilePath)
                .value_parser(clap::value_parser!(PathBuf))
                .help("Reads LaTeX commands of your own from a preamble: \\newcommand, \\def, \\DeclareMathOperator (repeatable)"),
        )
        .arg(
            Arg::new("file")
                .long("file")
                .value_name("F")
                .value_hint(ValueHint::FilePath)
                .value_parser(clap::value_parser!(PathBuf))
                .help("Reads declarations (var …, fn …) and the expression from a file; # begins a comment"),
        )
        .arg(
            Arg::new("from")
                .long("from")
                .value_name("DIALECT")
                .value_parser(PossibleValuesParser::new(["plain", "latex", "numpy"]))
                .help("The dialect of the input; found out where it is left out"),
        )
        .arg(
            Arg::new("format")
                .short('f')
                .long("format")
                .value_name("FORMAT")
                .default_value("plain")
                .help("How the answer is printed: plain, ascii, latex, numpy or json"),
        )
        .arg(
            Arg::new("layout")
                .long("layout")
                .value_name("LAYOUT")
                .value_parser(PossibleValuesParser::new(["numerator", "denominator", "vec"]))
                .help("How a Jacobian is laid out; numerator, rows following the function, where it is left out"),
        )
        .arg(
            Arg::new("as")
                .long("as")
                .value_name("FORM")
                .value_parser(PossibleValuesParser::new(["operator", "kron", "index"]))
                .help("How a derivative of more than two indices is given"),
        )
        .arg(
            Arg::new("structure")
                .long("structure")
                .value_name("SENSE")
                .default_value("own")
                .hide_default_value(true)
                .value_parser(PossibleValuesParser::new(STRUCTURES.iter().map(|s| s.word())))
                .help(
                    "A derivative by a symmetric, triangular, … variable: own (in its space), ambient, entries, vech, or all side by side",
                ),
        )
        .arg(flag("blocks", "Every block of a Hessian by two variables, not the mixed one alone"))
        .arg(flag("steps", "Prints the derivation, each line with the identity that it used"))
        .arg(flag("explain-layout", "Says on standard error what a Jacobian's rows and columns are, and shows it in the other layouts"))
        .arg(
            Arg::new("order")
                .long("order")
                .value_name("N")
                .value_parser(clap::value_parser!(u8).range(1..=i64::from(MOST)))
                .help("The order of a differential: --order 2 gives d²f"),
        )
        .arg(
            Arg::new("jvp")
                .long("jvp")
                .value_name("V")
                .num_args(0..=1)
                .require_equals(true)
                .action(ArgAction::Append)
                .default_missing_value("")
                .help("The differential along a direction, Df(X)[V]; its name where it is not to be V (--jvp U,V for two variables)"),
        )
        .arg(
            Arg::new("vjp")
                .long("vjp")
                .value_name("U")
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("")
                .conflicts_with_all(["jvp", "order"])
                .help("The adjoint of the differential: a cotangent U of the function's shape taken back to the variables"),
        )
        .arg(flag("lhs", "Puts what it is before the answer: ∇_X f ="))
        .arg(flag("lines", "Reads one expression a line and prints one answer a line"))
        .arg(flag("conditions", "Says on standard error what the answer assumes"))
        .arg(flag("standalone", "Prints a whole LaTeX document"))
        .arg(
            Arg::new("transpose")
                .long("transpose")
                .value_name("MARK")
                .default_value("top")
                .value_parser(PossibleValuesParser::new(["top", "T", "prime"]))
                .help("The transpose's mark in LaTeX"),
        )
        .arg(flag("bold", "Vectors and matrices in bold in LaTeX"))
        .arg(flag("verify", "Checks the answer numerically before it is printed (the default)").overrides_with("no-verify"))
        .arg(flag("no-verify", "Prints the answer without checking it"))
        .arg(
            Arg::new("verbose")
                .short('v')
                .long("verbose")
                .action(ArgAction::SetTrue)
                .help("Reports on standard error what the numeric check found"),
        )
        .arg(
            Arg::new("color")
                .long("color")
                .value_name("WHEN")
                .default_value("auto")
                .value_parser(PossibleValuesParser::new(["auto", "always", "never"]))
                .help("Colour on a terminal"),
        )
}

fn solve_options(command: Command) -> Command {
    let equation = Arg::new("subject-to")
        .long("subject-to")
        .value_name("EQUATION")
        .action(ArgAction::Append)
        .allow_hyphen_values(true)
        .help("Requires 'A x = b' of the solution: 'sum(w) = 1', \"X'X = I\" (repeatable)");
    let end = |name: &'static str, other: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).conflicts_with(other).help(help)
    };
    options(command)
        .arg(equation)
        .arg(end("minimize", "maximize", "Of several stationary points gives the minimum; says no where there is none"))
        .arg(end("maximize", "minimize", "Of several stationary points gives the maximum; says no where there is none"))
}

fn equal_options(command: Command) -> Command {
    let other = Arg::new("other").value_name("B").required(true).allow_hyphen_values(true).help("The other expression");
    options(command).mut_arg("expr", |a| a.value_name("A").required(true).help("An expression; - for standard input")).arg(other)
}

fn check_options(command: Command) -> Command {
    let claim = Arg::new("claim").long("claim").value_name("G").allow_hyphen_values(true).help("The claimed derivative");
    let claim = claim.required_unless_present("derivation").conflicts_with("derivation");
    let lines = Arg::new("derivation")
        .long("derivation")
        .value_name("FILE")
        .value_hint(ValueHint::FilePath)
        .value_parser(clap::value_parser!(PathBuf))
        .help("A derivation, one line a step (- for standard input): each line is checked against the one before");
    let kind = Arg::new("kind")
        .long("kind")
        .value_name("KIND")
        .default_value("grad")
        .value_parser(PossibleValuesParser::new(KINDS.iter().map(|k| k.word())))
        .help("Which derivative is claimed");
    options(command).arg(claim).arg(kind).arg(lines)
}

/// The long options of the commands above, for telling a misspelled one from an expression.
const LONG: &[&str] = &[
    "wrt",
    "var",
    "fn",
    "macros",
    "file",
    "from",
    "layout",
    "as",
    "format",
    "steps",
    "structure",
    "blocks",
    "jvp",
    "vjp",
    "explain-layout",
    "order",
    "lhs",
    "lines",
    "conditions",
    "standalone",
    "transpose",
    "bold",
    "verify",
    "no-verify",
    "verbose",
    "color",
    "help",
    "version",
    "claim",
    "kind",
    "derivation",
    "subject-to",
    "minimize",
    "maximize",
];

/// The highest order of a differential.
const MOST: u8 = 9;

/// The senses of a derivative by a variable with structure.
const STRUCTURES: [Structure; 5] = [Structure::Own, Structure::All, Structure::Ambient, Structure::Entries, Structure::Vech];

/// The derivatives that can be claimed.
const KINDS: [Task; 3] = [Task::Gradient, Task::Jacobian, Task::Hessian];

/// Why there are no options to go by.
#[derive(Debug)]
pub(super) enum Stop {
    /// Help, the version, or what the parser of arguments has to say.
    Clap(Box<clap::Error>),
    /// A wrong argument, in our own words.
    Wrong(Box<Diagnostic>),
}

impl From<Diagnostic> for Stop {
    fn from(diagnostic: Diagnostic) -> Self {
        Stop::Wrong(Box::new(diagnostic))
    }
}

/// Whether the arguments ask for JSON: an error about the arguments themselves has to be an object too.
pub(super) fn wants_json(arguments: &[OsString]) -> bool {
    let pair = |w: &[OsString]| matches!(w[0].to_str(), Some("-f" | "--format")) && w[1] == *"json";
    arguments.windows(2).any(pair) || arguments.iter().any(|a| matches!(a.to_str(), Some("-fjson" | "-f=json" | "--format=json")))
}

/// Reads the command line; the first argument is the program's name.
pub(super) fn read(arguments: &[OsString]) -> Result<Options, Stop> {
    if let Some(name) = arguments.get(1).and_then(|a| a.to_str())
        && LATER.contains(&name)
    {
        let hint = "it answers grad, jac, hess, diff, solve, simplify, shapes, equal and check";
        return Err(Diagnostic::new(Fault::Unsupported, format!("this version does not answer `{name}` yet")).hint(hint).into());
    }
    let arguments = spelled(arguments)?;
    let matches = command().try_get_matches_from(arguments).map_err(|e| Stop::Clap(Box::new(e)))?;
    let Some((name, matches)) = matches.subcommand() else {
        return Err(Diagnostic::new(Fault::Usage, "a command is missing").hint("matdiff --help lists them").into());
    };
    if QUESTIONS.iter().any(|q| q.0 == name) {
        let mut options = collect(Task::Simplify, matches)?;
        options.question = Some(question(name, matches));
        consistent_question(&options)?;
        return Ok(options);
    }
    let Some(&(_, task, _)) = COMMANDS.iter().find(|c| c.0 == name) else {
        return Err(Diagnostic::new(Fault::Usage, format!("there is no command `{name}`")).hint("matdiff --help lists them").into());
    };
    let options = collect(task, matches)?;
    consistent(&options)?;
    Ok(options)
}

/// The arguments with `-flatex` in two words, so that what else begins with `-` is an expression; a misspelled option is an error.
fn spelled(arguments: &[OsString]) -> Result<Vec<OsString>, Diagnostic> {
    let mut out = Vec::with_capacity(arguments.len());
    let mut at = 0;
    while let Some(argument) = arguments.get(at) {
        at += 1;
        let text = argument.to_str().unwrap_or("");
        if text == "--" {
            out.push(argument.clone());
            break;
        }
        if let Some(format) = text.strip_prefix("-f").map(|f| f.strip_prefix('=').unwrap_or(f))
            && (is_format(format) || LATER_FORMATS.contains(&format))
        {
            out.extend(["-f".into(), format.into()]);
            continue;
        }
        if let Some(long) = text.strip_prefix("--") {
            let name = long.split('=').next().unwrap_or(long);
            let word = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            if word && !LONG.contains(&name) {
                return Err(unknown(name));
            }
            // A name behind --jvp is its value; whatever else stands there is the expression.
            if matches!(long, "jvp" | "vjp")
                && let Some(name) = arguments.get(at).and_then(|v| v.to_str()).filter(|v| is_list_of_names(v))
            {
                out.push(format!("--{long}={name}").into());
                at += 1;
                continue;
            }
            // The value of an option is not looked at, whatever it begins with.
            if matches!(
                long,
                "wrt"
                    | "var"
                    | "fn"
                    | "macros"
                    | "file"
                    | "from"
                    | "format"
                    | "layout"
                    | "as"
                    | "structure"
                    | "transpose"
                    | "color"
                    | "claim"
                    | "kind"
                    | "derivation"
                    | "subject-to"
            ) && let Some(value) = arguments.get(at)
            {
                out.extend([argument.clone(), value.clone()]);
                at += 1;
                continue;
            }
        }
        out.push(argument.clone());
    }
    out.extend(arguments.iter().skip(at).cloned());
    Ok(out)
}

fn is_list_of_names(text: &str) -> bool {
    let name = |n: &str| {
        let n = n.trim();
        n.starts_with(char::is_alphabetic) && n.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    text.split(',').all(name)
}

fn unknown(name: &str) -> Diagnostic {
    let error = Diagnostic::new(Fault::Usage, format!("there is no option --{name}"));
    let near = LONG.iter().map(|l| (strsim::damerau_levenshtein(l, name), l)).min();
    match near {
        Some((distance, long)) if distance <= 2 => error.hint(format!("did you mean --{long}?")),
        _ => error.hint("matdiff grad --help lists the options; an expression that begins with -- goes after a -- of its own"),
    }
}

fn is_format(word: &str) -> bool {
    matches!(word, "plain" | "ascii" | "latex" | "numpy" | "json")
}

fn collect(task: Task, matches: &ArgMatches) -> Result<Options, Diagnostic> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let texts = |name: &str| matches.get_many::<String>(name).map(|v| v.cloned().collect()).unwrap_or_default();
    let source = match (text("expr"), matches.get_one::<PathBuf>("file")) {
        (_, Some(file)) => Source::File(file.clone()),
        (None | Some("-"), None) => Source::Standard,
        (Some(expr), None) => Source::Argument(expr.to_owned()),
    };
    Ok(Options {
        question: None,
        task,
        source,
        layout: text("layout").map(|word| match word {
            "denominator" => Layout::Denominator,
            "vec" => Layout::Vec,
            _ => Layout::Numerator,
        }),
        form: match text("as") {
            Some("operator") => Some(Form::Operator),
            Some("kron") => Some(Form::Kron),
            Some("index") => Some(Form::Index),
            _ => None,
        },
        structure: STRUCTURES.into_iter().find(|s| Some(s.word()) == text("structure")).unwrap_or_default(),
        blocks: matches.get_flag("blocks"),
        wrt: texts("wrt"),
        variables: texts("var"),
        functions: texts("fn"),
        macros: matches.get_many::<PathBuf>("macros").map(|paths| paths.cloned().collect()).unwrap_or_default(),
        // Only `solve` has it.
        constraints: matches.try_get_many::<String>("subject-to").ok().flatten().map(|v| v.cloned().collect()).unwrap_or_default(),
        goal: match ["minimize", "maximize"].map(|end| matches.try_get_one::<bool>(end).ok().flatten() == Some(&true)) {
            [true, _] => Some(Extremum::Minimum),
            [_, true] => Some(Extremum::Maximum),
            _ => None,
        },
        dialect: match text("from") {
            Some("plain") => Dialect::Plain,
            Some("latex") => Dialect::Latex,
            Some("numpy") => Dialect::Numpy,
            _ => Dialect::Detect,
        },
        output: output(text("format").unwrap_or("plain"))?,
        steps: matches.get_flag("steps"),
        explain_layout: matches.get_flag("explain-layout"),
        order: matches.get_one::<u8>("order").copied(),
        along: match (matches.get_many::<String>("jvp"), text("vjp")) {
            (_, Some(name)) => Along::Backward(Some(name.to_owned()).filter(|n| !n.is_empty())),
            (Some(names), _) => Along::Forward(
                names.flat_map(|list| list.split([',', ';'])).map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect(),
            ),
            _ => Along::Differentials,
        },
        lhs: matches.get_flag("lhs"),
        lines: matches.get_flag("lines"),
        verify: !matches.get_flag("no-verify"),
        verbose: matches.get_flag("verbose"),
        conditions: matches.get_flag("conditions"),
        standalone: matches.get_flag("standalone"),
        transpose: text("transpose").unwrap_or("top").to_owned(),
        bold: matches.get_flag("bold"),
        color: match text("color") {
            Some("always") => Color::Always,
            Some("never") => Color::Never,
            _ => Color::Auto,
        },
    })
}

fn output(word: &str) -> Result<Output, Diagnostic> {
    Ok(match word {
        "plain" => Output::Text(Format::Plain),
        "ascii" => Output::Text(Format::Ascii),
        "latex" => Output::Text(Format::Latex),
        "numpy" => Output::Numpy,
        "json" => Output::Json,
        _ => {
            let known = "the formats are plain, ascii, latex, numpy and json";
            let message = if LATER_FORMATS.contains(&word) {
                format!("this version does not print `{word}` yet")
            } else {
                format!("there is no format `{word}`")
            };
            return Err(Diagnostic::new(Fault::Usage, message).hint(known));
        }
    })
}

fn question(name: &str, matches: &ArgMatches) -> Question {
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    if name == "equal" {
        return Question::Equal(text("other"));
    }
    if let Some(file) = matches.get_one::<PathBuf>("derivation") {
        let standard = file.as_os_str() == "-";
        return Question::Derivation(if standard { Source::Standard } else { Source::File(file.clone()) });
    }
    let word = text("kind");
    let kind = KINDS.into_iter().find(|k| k.word() == word).unwrap_or(Task::Gradient);
    Question::Check(kind, text("claim"))
}
