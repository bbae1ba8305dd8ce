"""Tries solutions as a numerical analyst would, knowing nothing of how they were found.

Standard input is a JSON list of {"source", "vars", "wrt", "solution", "value", "constraints"}: declarations, unknowns, and the code of
the solution, the objective and what is zero in each constraint. At random data the solution must meet the constraints, and the
objective's gradient, by difference quotients, must be a combination of the constraints' gradients. Jobs {"source", "step", "gradient"} are
iterations: repeated, the step must make the gradient zero. Prints `wrong: …` for each that fails, then `judged N`.
"""
import json
import re
import sys

import numpy as np

SIZES = [{"m": 3, "n": 5, "k": 2, "p": 2}, {"m": 7, "n": 3, "k": 2, "p": 2}, {"m": 4, "n": 4, "k": 2, "p": 2}, {"m": 2, "n": 2, "k": 5, "p": 3}]


def size(text, sizes):
    return int(text) if text.isdigit() else sizes.setdefault(text, 6 if text == "N" else 4)


def draw(kind, sizes, rng):
    word, _, inside = kind.partition("(")
    dims = [size(d.strip(), sizes) for d in inside.rstrip(")").split(",") if d.strip()]
    if word == "scalar":
        return rng.uniform(0.5, 2.0)
    if word in ("spd", "symmetric"):
        a = rng.standard_normal((dims[0], dims[0]))
        return a @ a.T + np.eye(dims[0]) if word == "spd" else (a + a.T) / 2
    if word == "square":
        dims = [dims[0], dims[0]]
    # Positive and not nearly dependent, so that logarithms exist.
    value = rng.uniform(0.2, 2.0, dims)
    return value if len(dims) == 1 else rng.standard_normal(dims)


def load(code):
    space = {}
    exec(code, space)
    name = [n for n in ("solution", "value", "step", "gradient") if n in space][0]
    parameters = [p.strip() for p in re.search(rf"def {name}\((.*?)\):", code)[1].split(",") if p.strip()]
    return space[name], parameters


def call(function, data):
    code, names = function
    return code(*[data[n] for n in names])


def differences(function, data, unknowns):
    """The Jacobian of a function by the entries of the unknowns, by central differences."""
    columns = []
    for name in unknowns:
        x = np.asarray(data[name], dtype=float)
        for at in np.ndindex(x.shape):
            ends = []
            for sign in (1, -1):
                moved = x.copy()
                moved[at] += sign * 1e-6
                ends.append(np.ravel(call(function, {**data, name: moved if x.shape else float(moved)})))
            columns.append((ends[0] - ends[1]) / 2e-6)
    return np.array(columns).T


def symmetric_only(jacobian, data, kinds, unknowns):
    """Derivatives along the space of the unknowns: symmetric matrices where they are declared so."""
    at, parts = 0, []
    for name in unknowns:
        x = np.asarray(data[name])
        part = jacobian[:, at:at + x.size]
        at += x.size
        if kinds.get(name, "").startswith(("spd", "symmetric")):
            n = x.shape[0]
            turned = part.reshape(-1, n, n).transpose(0, 2, 1).reshape(part.shape)
            part = (part + turned) / 2
        parts.append(part)
    return np.hstack(parts)


def residual(job, sizes, rng):
    """How far the solution is from the constraints, and the gradient from a combination of theirs."""
    kinds = {}
    for declaration in job["vars"].split(";"):
        name, kind = [part.strip() for part in declaration.split(":")]
        kinds[re.sub(r"_[a-z]$", "", name)] = (kind, bool(re.search(r"_[a-z]$", name)))
    sizes = dict(sizes)
    data = {}
    for name, (kind, family) in kinds.items():
        data[name] = np.array([draw(kind, sizes, rng) for _ in range(6)]) if family else draw(kind, sizes, rng)
    # Sizes that no array shows are parameters by their names.
    data.update({d: v for d, v in sizes.items() if d not in data})
    data["N"] = 6
    if any(family for _, family in kinds.values()) and "n" in job["ranges"]:
        data["n"] = 6
    unknowns = [u.strip() for u in job["wrt"].split(",")]
    found = call(load(job["solution"]), data)
    for name, value in zip(unknowns, found if len(unknowns) > 1 else [found]):
        data[name] = value
    f = load(job["value"])
    plain = {name: kind for name, (kind, _) in kinds.items()}
    gradient = symmetric_only(differences(f, data, unknowns), data, plain, unknowns).ravel()
    error, normals = 0.0, []
    for code in job["constraints"]:
        c = load(code)
        error = max(error, np.abs(call(c, data)).max())
        normals.append(symmetric_only(differences(c, data, unknowns), data, plain, unknowns))
    rest = gradient
    if normals:
        basis = np.vstack(normals).T
        rest = gradient - basis @ np.linalg.lstsq(basis, gradient, rcond=1e-7)[0]
    scale = 1.0 + np.linalg.norm(gradient) + abs(float(call(f, data)))
    return max(error, np.linalg.norm(rest) / scale)


def judge(job, rng):
    if "step" in job:
        return iterate(job, rng)
    worst = []
    for sizes in SIZES:
        try:
            with np.errstate(all="ignore"):
                worst.append(residual(job, sizes, rng))
        except np.linalg.LinAlgError:
            continue
    worst = [w for w in worst if np.isfinite(w)]
    # Sizes for which the data have too few columns or rows have no solution; those that have one must agree.
    good = [w for w in worst if w < 1e-5]
    return None if good else f"residuals {worst}"


def iterate(job, rng):
    step, gradient = load(job["step"]), load(job["gradient"])
    x = rng.standard_normal((60, 4))
    # Not separable: some labels are wrong.
    y = np.where(rng.random(60) < 0.3, -1.0, 1.0) * np.sign(x @ np.array([1.0, -1.0, 0.5, 0.0]))
    data = {"X": x, "y": y, "w": np.zeros(4), "c": 0.3, "S": x.T @ x / 60 + np.eye(4)}
    if job.get("start") == "ones":
        data["w"] = np.ones(4) / 2
    for _ in range(20):
        data["w"] = call(step, data)
    size = np.linalg.norm(call(gradient, data))
    return None if size < 1e-9 else f"the gradient is {size} after twenty steps"


def main():
    jobs = json.load(sys.stdin)
    rng = np.random.default_rng(3)
    for job in jobs:
        try:
            why = judge(job, rng)
        except Exception as error:  # what the code raises is the verdict
            why = f"{type(error).__name__}: {error}"
        if why:
            print(f"wrong: {job['source']}: {why}")
    print(f"judged {len(jobs)}")


main()
