//! The flags by which one call says otherwise than the config. In a chain they mean the last hop.

/// What this one call says otherwise than the config.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct OverrideArgs {
    /// How long the session should last: 3600, 90m, 1h
    #[arg(long, value_name = "DURATION")]
    pub(super) duration: Option<String>,
}
