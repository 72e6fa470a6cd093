# What there is to run, by name. Each line works without `just` too.

# All that CI runs
ci:
    .ci/run

# All tests, after installing what they need
test *arguments:
    tests/run {{arguments}}

# Many processes at once, and a thousand in a row: some ten minutes
drill *arguments:
    cargo test --test drill -- {{arguments}}

# completions/ and man/ anew, from the command line's definition
generate:
    REGENERATE=1 cargo test --test it generated::

# A local AWS to try everything on
tour:
    cargo build --release && target/release/assume sandbox tour

# A table of ratios: how long a warm answer takes beside other programs (needs hyperfine and valgrind)
bench *arguments:
    cargo bench -- {{arguments}}

# Licences, bans and sources of all dependencies (needs cargo-deny)
deny:
    cargo deny check licenses bans sources
