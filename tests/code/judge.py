"""Runs generated NumPy code and compares it with references written by hand.

Reads a list of jobs as JSON on standard input, each with `case` (one of tests/corpus) and `code`; prints one line for each
job that fails, then `judged N`. A derivative is compared with directional finite differences of the reference (central,
Richardson-extrapolated), `simplify` with the reference's value.
"""
import inspect, json, keyword, sys, traceback, zlib
import numpy as np
import scipy.linalg as sla
import scipy.special as sc

SIZES = {"m": 4, "n": 3, "p": 2, "q": 5, "k": 2, "N": 6}
FUNCTION = {"grad": "gradient", "diff": "differential", "simplify": "value", "jac": "jacobian", "hess": "hessian"}


def softmax(t):
    e = np.exp(t - t.max())
    return e / e.sum()


NAMES = dict(np=np, sla=sla, sc=sc, inv=np.linalg.inv, det=np.linalg.det, tr=np.trace, kron=np.kron, norm=np.linalg.norm, I=np.eye,
             logdet=lambda a: np.linalg.slogdet(a)[1], sigmoid=sc.expit, softmax=softmax, logsumexp=sc.logsumexp)


class Wrong(Exception):
    pass


def kind(text):
    word, _, rest = text.partition("(")
    return word.strip(), [a.strip() for a in rest.rstrip(") ").split(",") if a.strip()]


def size(text, sizes):
    return int(eval(text, {}, sizes))


def project(word, v):
    """The part of V in the variable's own space."""
    if word in ("symmetric", "spd"):
        return (v + v.T) / 2
    if word == "diagonal":
        return np.diag(np.diag(v))
    return v


def draw(name, case, sizes, rng):
    word, args = kind(case["vars"][name])
    shape = tuple(size(a, sizes) for a in args)
    shape = shape * 2 if word in ("square", "symmetric", "spd", "diagonal") else shape
    how = case.get("sample", {}).get(name)

    def one():
        a = rng.standard_normal(shape)
        if how == "positive":
            return rng.uniform(0.5, 2, shape)
        if how:
            return eval(how, dict(NAMES, rng=rng, shape=shape, **sizes))
        if word == "scalar":
            return np.asarray(rng.uniform(0.5, 1.5))
        if word == "spd":
            return a @ a.T + len(a) * np.eye(len(a))
        if word == "square":
            return a + 2 * np.sqrt(len(a)) * np.eye(len(a))
        if word == "onehot":
            return np.eye(shape[0])[rng.integers(shape[0])]
        return project(word, a)

    index = case.get("index", {}).get(name.rpartition("_")[2]) if "_" in name else None
    return np.stack([one() for _ in range(size(index, sizes))]) if index else one()


def slope(f, h=1e-3):
    d = lambda h: (f(h) - f(-h)) / (2 * h)
    return (4 * d(h / 2) - d(h)) / 3


def vec(a):
    return np.asarray(a).reshape(-1, order="F")


def second(f, h=2e-3):
    d = lambda h: (f(h, h) - f(h, -h) - f(-h, h) + f(-h, -h)) / (4 * h * h)
    return (4 * d(h / 2) - d(h)) / 3


def close(what, got, want, tolerance=1e-6):
    got, want = np.asarray(got, float), np.asarray(want, float)
    if got.shape != want.shape:
        raise Wrong(f"{what}: shape {got.shape} instead of {want.shape}")
    if not np.all(np.isfinite(want)):
        raise Wrong(f"{what}: the reference is not finite; the case needs a `sample`")
    error = np.max(np.abs(got - want), initial=0) / (1 + np.max(np.abs(want), initial=0))
    if not error <= tolerance:
        raise Wrong(f"{what}: {np.round(got, 5).tolist()} instead of {np.round(want, 5).tolist()}")


def judge(case, code):
    space = {}
    exec(compile(code, case["id"], "exec"), space)
    function = space[FUNCTION[case["cmd"]]]
    parameters = list(inspect.signature(function).parameters)
    sizes = dict(SIZES, **case.get("dims", {}))
    families = [n for n in case["vars"] if "_" in n and n.rpartition("_")[2] in case.get("index", {})]
    python = {n: n.rpartition("_")[0] if n in families else n + "_" if keyword.iskeyword(n) else n for n in case["vars"]}
    given = {k: eval(v, dict(NAMES)) for k, v in case.get("fns", {}).items()}
    targets = [t.strip() for t in case.get("wrt", "").split(",") if t.strip()]
    for trial in range(2):
        rng = np.random.default_rng([zlib.crc32(case["id"].encode()), trial])
        values = {n: draw(n, case, sizes, rng) for n in case["vars"]}
        have = dict(sizes, **given, **{python[n]: v if v.ndim else float(v) for n, v in values.items()})

        def reference(**moved):
            return np.asarray(eval(case["ref"], dict(NAMES, **dict(have, **moved))), float)

        def call(**more):
            known = dict(have, **more)
            missing = [p for p in parameters if p not in known]
            if missing:
                raise Wrong(f"it asks for {missing}")
            return function(**{p: known[p] for p in parameters})

        def direction(name):
            return project(kind(case["vars"][name])[0], rng.standard_normal(values[name].shape))

        def moved(by, h):
            return reference(**{python[n]: values[n] + h * v for n, v in by.items()})

        if case["cmd"] == "simplify":
            close("value", call(), reference())
        elif case["cmd"] == "diff":
            by = {n: direction(n) for n in targets or values}
            got = call(**{"d" + python[n]: v if v.ndim else float(v) for n, v in by.items()})
            close("differential", got, slope(lambda h: moved(by, h)))
        elif case["cmd"] == "grad" and targets[0] not in values:
            # By one member of a family, x_k: for every k.
            name, _, letter = targets[0].rpartition("_")
            (x,) = [n for n in families if python[n] == name]
            for k in range(len(values[x])):
                v = np.zeros_like(values[x])
                v[k] = rng.standard_normal(v[k].shape)
                gradient = np.asarray(call(**{letter: k + 1}), float)
                close(f"slope at {k + 1}", np.sum(gradient * v[k]), slope(lambda h: moved({x: v}, h)))
        elif case["cmd"] == "grad":
            (x,) = targets
            gradient = np.asarray(call(), float)
            if gradient.shape != values[x].shape:
                raise Wrong(f"gradient: shape {gradient.shape} instead of {values[x].shape}")
            close("its structure", project(kind(case["vars"][x])[0], gradient), gradient, 1e-8)
            for _ in range(3):
                v = direction(x)
                close("slope", np.sum(gradient * v), slope(lambda h: moved({x: v}, h)))
        elif case["cmd"] == "jac":
            (x,) = targets
            jacobian = np.asarray(call(), float)
            for _ in range(3):
                v = direction(x)
                want = slope(lambda h: moved({x: v}, h))
                if case.get("layout") == "vec":
                    close("jacobian", jacobian @ vec(v), vec(want))
                elif case.get("layout") == "denominator":
                    close("jacobian", np.tensordot(v, jacobian, v.ndim), want)
                else:
                    close("jacobian", np.tensordot(jacobian, v, v.ndim), want)
        else:
            x, y = targets[0], targets[-1]
            operator = case.get("as", "operator" if values[x].ndim == 2 else "index") == "operator"
            for _ in range(3):
                u, v = direction(x), direction(y)

                def both(s, t):
                    at = {x: values[x] + s * u}
                    at[y] = at.get(y, values[y]) + t * v
                    return reference(**{python[n]: a for n, a in at.items()})

                want = second(both)
                if operator:
                    got = np.sum(u * np.asarray(call(V=v), float))
                elif case.get("as") == "kron":
                    got = vec(u) @ np.asarray(call(), float) @ vec(v)
                else:
                    got = np.tensordot(np.tensordot(u, np.asarray(call(), float), u.ndim), v, v.ndim)
                close("second derivative", got, want, 2e-5)


def main():
    np.seterr(all="ignore")
    jobs = json.load(sys.stdin)
    for job in jobs:
        try:
            judge(job["case"], job["code"])
        except Wrong as wrong:
            print(f"{job['case']['id']}: {wrong}\n{job['code']}")
        except Exception:
            print(f"{job['case']['id']}: {traceback.format_exc(limit=1)}\n{job['code']}")
    print(f"judged {len(jobs)}")


main()
