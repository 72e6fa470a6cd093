//! The tour as data: what is run, why, and what has to come of it.

/// One stop of the tour.
#[derive(Debug)]
pub(super) struct Stop {
    /// What it shows.
    pub(super) title: &'static str,
    /// What there is to understand.
    pub(super) says: &'static str,
    /// The words after `assume`.
    pub(super) words: &'static [&'static str],
    /// Which machine it is typed on.
    pub(super) machine: Machine,
    /// What STS has to be asked, in order, and nothing else.
    pub(super) calls: &'static [Call],
    /// The exit code.
    pub(super) exit: u8,
}

/// Whose machine: what one has cached, another has not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Machine {
    /// The first one.
    Own,
    /// Another one, where a code of the MFA device is typed in.
    Second,
    /// A third one, where the same code is typed in again.
    Third,
}

/// A call to STS, and its answer.
#[derive(Debug)]
pub(super) struct Call {
    /// `AssumeRole`, …
    pub(super) operation: &'static str,
    /// The end of the role's ARN.
    pub(super) role: Option<&'static str>,
    /// AWS's error code, where it has to refuse.
    pub(super) code: Option<&'static str>,
}

const fn granted(operation: &'static str, role: Option<&'static str>) -> Call {
    Call { operation, role, code: None }
}

const fn role(role: &'static str) -> Call {
    granted("AssumeRole", Some(role))
}

const fn refused(operation: &'static str, role: Option<&'static str>, code: &'static str) -> Call {
    Call { operation, role, code: Some(code) }
}

const UPDATE_APP: &str = "123456789012:role/UpdateApp";
const ADMIN: &str = "123456789012:role/Admin";
const RESTORE: &str = "777788889999:role/Restore";
const REPORTS: &str = "444455556666:role/partners/Reports";
const SERVICE: &str = "888899990000:role/Service";
const AUDIT: &str = "123456789012:role/partners/Audit";
const AUDIT_MENDED: &str = "123456789012:role/partners/AuditMended";
const DEPLOY: &str = "111122223333:role/Deploy";

/// The tour, in an order that teaches.
pub(super) const STOPS: &[Stop] = &[
    Stop {
        title: "What there is",
        says: "Nine roles, and three users to start from: alice and bob of the Development account, and an auditor.",
        words: &["list"],
        machine: Machine::Own,
        calls: &[],
        exit: 0,
    },
    Stop {
        title: "What would be done",
        says: "A plan says each step and where each value was declared. It asks STS nothing.",
        words: &["explain", "chain"],
        machine: Machine::Own,
        calls: &[],
        exit: 0,
    },
    Stop {
        title: "A role in another account",
        says: "Production trusts Development's account, and alice's own policy lets her: across accounts it takes both.",
        words: &["exec", "update-app", "--", "assume", "status"],
        machine: Machine::Own,
        calls: &[role(UPDATE_APP)],
        exit: 0,
    },
    Stop {
        title: "The same again",
        says: "The session is still good, so STS is not asked.",
        words: &["exec", "update-app", "--", "assume", "status"],
        machine: Machine::Own,
        calls: &[],
        exit: 0,
    },
    Stop {
        title: "A role in the same account",
        says: "Deploy's trust policy names alice herself: within an account that is enough, without a policy of hers.",
        words: &["exec", "same-account", "--", "assume", "status"],
        machine: Machine::Own,
        calls: &[role(DEPLOY)],
        exit: 0,
    },
    Stop {
        title: "No permission",
        says: "bob is of the same account as alice, and Production trusts it; but no policy of his own lets him.",
        words: &["exec", "denied", "--", "assume", "status"],
        machine: Machine::Own,
        calls: &[refused("AssumeRole", Some(UPDATE_APP), "AccessDenied")],
        exit: 4,
    },
    Stop {
        title: "A partner's role",
        says: "The partner lets in whoever says the external ID that it gave them; ours stands in the config.",
        words: &["exec", "third-party", "--", "assume", "status"],
        machine: Machine::Own,
        calls: &[role(REPORTS)],
        exit: 0,
    },
    Stop {
        title: "The wrong external ID",
        says: "Another customer of the partner's has another one. STS does not say what was wrong.",
        words: &["exec", "third-party", "--external-id", "another-customer", "--", "assume", "status"],
        machine: Machine::Own,
        calls: &[refused("AssumeRole", Some(REPORTS), "AccessDenied")],
        exit: 4,
    },
    Stop {
        title: "The confused deputy",
        says: "An auditor works in Production for us. Mallory is its customer as well, and names our role as hers: the auditor \
               asks with her external ID, and is let in, since the role's trust policy does not look at it.",
        words: &[
            "exec",
            "audit",
            "--external-id",
            "auditor-0e8a6b2d4c9f41738d5b1f6a92e7c034",
            "--",
            "assume",
            "status",
        ],
        machine: Machine::Own,
        calls: &[role(SERVICE), role(AUDIT)],
        exit: 0,
    },
    Stop {
        title: "The probe",
        says: "It asks as the auditor would: with the right external ID, and then with wrong ones.",
        words: &["trust", "probe", "audit"],
        machine: Machine::Own,
        calls: &[role(AUDIT), role(AUDIT), role(AUDIT), role(AUDIT), role(AUDIT), role(AUDIT), role(AUDIT)],
        exit: 1,
    },
    Stop {
        title: "What ends it",
        says: "The trust policy of a partner's role demands the one external ID that the partner made for us.",
        words: &[
            "trust",
            "policy",
            "--partner",
            "arn:aws:iam::888899990000:role/Service",
            "--external-id",
            "auditor-5f0c7d1e9a3b48d2b6e4f1a07c93d85e",
        ],
        machine: Machine::Own,
        calls: &[],
        exit: 0,
    },
    Stop {
        title: "The mended role",
        says: "Its twin has that policy: the auditor is let in for us, and for nobody else.",
        words: &["trust", "probe", "audit-mended"],
        machine: Machine::Own,
        calls: &[
            role(AUDIT_MENDED),
            refused("AssumeRole", Some(AUDIT_MENDED), "AccessDenied"),
            refused("AssumeRole", Some(AUDIT_MENDED), "AccessDenied"),
            refused("AssumeRole", Some(AUDIT_MENDED), "AccessDenied"),
            refused("AssumeRole", Some(AUDIT_MENDED), "AccessDenied"),
            refused("AssumeRole", Some(AUDIT_MENDED), "AccessDenied"),
            refused("AssumeRole", Some(AUDIT_MENDED), "AccessDenied"),
        ],
        exit: 0,
    },
    Stop {
        title: "No MFA where it is demanded",
        says: "Admin's trust policy wants aws:MultiFactorAuthPresent. Asked for by its bare ARN, no device is known.",
        words: &["exec", "arn:aws:iam::123456789012:role/Admin", "--", "assume", "status"],
        machine: Machine::Own,
        calls: &[refused("AssumeRole", Some(ADMIN), "AccessDenied")],
        exit: 4,
    },
    Stop {
        title: "Two hops behind one MFA code",
        says: "Restore trusts Admin, and Admin wants MFA. The code comes from the seed in this sandbox's vault, once.",
        words: &["exec", "chain", "--", "assume", "status"],
        machine: Machine::Own,
        calls: &[granted("GetSessionToken", None), role(ADMIN), role(RESTORE)],
        exit: 0,
    },
    Stop {
        title: "What was on the way",
        says: "Admin was the first hop of that chain: its session is here already. No code, no call.",
        words: &["exec", "prod-admin", "--", "assume", "status"],
        machine: Machine::Own,
        calls: &[],
        exit: 0,
    },
    Stop {
        title: "A code typed in",
        says: "alice sits at a second machine, with nothing cached, and types the code that her device shows.",
        words: &["exec", "prod-admin", "--mfa-code-file", "-", "--", "assume", "status"],
        machine: Machine::Second,
        calls: &[granted("GetSessionToken", None), role(ADMIN)],
        exit: 0,
    },
    Stop {
        title: "A code already spent",
        says: "Somebody looked over her shoulder and has her key too. AWS takes each code once.",
        words: &["exec", "prod-admin", "--mfa-code-file", "-", "--", "assume", "status"],
        machine: Machine::Third,
        calls: &[refused("GetSessionToken", None, "AccessDenied")],
        exit: 7,
    },
    Stop {
        title: "Longer than the role allows",
        says: "UpdateApp's sessions last an hour at most.",
        words: &["exec", "update-app", "--duration", "2h", "--", "assume", "status"],
        machine: Machine::Own,
        calls: &[refused("AssumeRole", Some(UPDATE_APP), "ValidationError")],
        exit: 4,
    },
    Stop {
        title: "Leaving",
        says: "What is cached goes, and STS is not asked: what it gave out ends by itself.",
        words: &["logout", "--all"],
        machine: Machine::Own,
        calls: &[],
        exit: 0,
    },
];
