//! The server's entry: command line → configuration → serve.

fn main() -> std::process::ExitCode {
    comptoir::server::cli::run(&comptoir::ui::tables::words())
}
