//! Which options mean something together: what says nothing of an answer is refused, never ignored.

use super::args::{Options, Output, Question, Source};
use crate::base::{Diagnostic, Fault};
use crate::session::{Along, Format, Structure, Task};

/// What has no meaning for a question that is answered with yes or no.
pub(super) fn consistent_question(options: &Options) -> Result<(), Diagnostic> {
    let wrong = |message: &str, hint: &str| Err(Diagnostic::new(Fault::Usage, message).hint(hint));
    if options.output == Output::Numpy {
        return wrong("a verdict has no NumPy form", "use -f plain, latex or json");
    }
    let wants_layout = matches!(options.question, Some(Question::Check(Task::Jacobian | Task::Hessian, _)));
    if options.order.is_some() || options.explain_layout || options.steps || options.lhs {
        return wrong(
            "a verdict is no derivative: --order, --explain-layout, --steps and --lhs say nothing of it",
            "leave them out; matdiff grad --steps shows the derivation",
        );
    }
    if (options.layout.is_some() || options.form.is_some()) && !wants_layout {
        return wrong("--layout and --as say how a Jacobian or a Hessian is given", "leave them out, or claim one: --kind jac");
    }
    if !options.wrt.is_empty() && matches!(options.question, Some(Question::Equal(_))) {
        return wrong("whether two expressions are equal is not by a variable", "leave out --wrt; matdiff check judges a derivative");
    }
    latex_habits(options)?;
    if options.lines || options.standalone {
        return wrong("a verdict takes one question at a time, and is no document", "leave out --lines and --standalone");
    }
    Ok(())
}

/// The habits of LaTeX output mean nothing elsewhere; an object holds LaTeX too.
fn latex_habits(options: &Options) -> Result<(), Diagnostic> {
    let latex = matches!(options.output, Output::Text(Format::Latex) | Output::Json);
    if (options.bold || options.transpose != "top") && !latex {
        let message = "--bold and --transpose are habits of LaTeX output";
        return Err(Diagnostic::new(Fault::Usage, message).hint("add -f latex, or leave them out"));
    }
    Ok(())
}

/// Options that do not go together.
pub(super) fn consistent(options: &Options) -> Result<(), Diagnostic> {
    let wrong = |message: &str, hint: &str| Err(Diagnostic::new(Fault::Usage, message).hint(hint));
    if options.standalone && options.output != Output::Text(Format::Latex) {
        return wrong("only LaTeX has a whole document to print", "add -f latex");
    }
    if options.steps && options.output == Output::Numpy {
        return wrong("a derivation has no NumPy form", "leave out --steps, or use -f plain, latex or json");
    }
    if options.lines && options.output == Output::Numpy {
        return wrong("a NumPy function does not fit on one line", "leave out --lines");
    }
    if options.lines && options.steps && options.output != Output::Json {
        return wrong("a derivation does not fit on one line", "leave out --lines, or use -f json");
    }
    if options.lines && options.standalone {
        return wrong("a document does not fit on one line", "leave out --lines");
    }
    if options.lines && matches!(options.source, Source::File(_)) {
        return wrong("--lines reads standard input, one expression a line; a file holds one expression", "matdiff grad --lines < FILE");
    }
    if options.layout.is_some() && options.task != Task::Jacobian {
        return wrong("--layout says how a Jacobian is laid out", "leave it out, or ask for jac; a gradient has the shape of its variable");
    }
    if options.form.is_some() && !matches!(options.task, Task::Jacobian | Task::Hessian) {
        return wrong("--as says how a derivative of more than two indices is given", "leave it out, or ask for jac or hess");
    }
    if options.along != Along::Differentials && options.task != Task::Differential {
        return wrong("--jvp and --vjp say what a differential is in terms of", "ask for diff");
    }
    if options.order.is_some() && options.task != Task::Differential {
        return wrong("--order is the order of a differential", "the second derivative is matdiff hess; d²f is matdiff diff --order 2");
    }
    if options.explain_layout && options.task != Task::Jacobian {
        let hint = "leave it out, or ask for jac; a gradient has the shape of its variable";
        return wrong("--explain-layout says how a Jacobian is laid out", hint);
    }
    if options.task == Task::Shapes && (options.steps || options.lhs || options.conditions) {
        return wrong("shapes are no derivative: they have no steps, no left-hand side and no conditions", "leave the option out");
    }
    latex_habits(options)?;
    if options.blocks && options.task != Task::Hessian {
        return wrong("--blocks gives every block of a Hessian", "ask for hess");
    }
    if options.structure != Structure::Own && !matches!(options.task, Task::Gradient | Task::Hessian | Task::Jacobian) {
        return wrong("--structure says in which sense a derivative by a variable with structure is meant", "ask for grad, jac or hess");
    }
    if options.structure != Structure::Own && options.steps {
        return wrong("--steps derives the gradient in the variable's own space", "leave out --structure or --steps");
    }
    if options.task == Task::Shapes && options.output == Output::Numpy {
        return wrong("shapes have no NumPy form", "use -f plain or json");
    }
    Ok(())
}
