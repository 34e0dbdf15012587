//! Parses the command line and runs one verb.

fn main() -> std::process::ExitCode {
    yishen::cli::main()
}
