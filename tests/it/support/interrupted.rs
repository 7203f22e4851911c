//! Any OpenStack, real ones too, on the way to which a call is cut: whoever calls is killed, or is told that it is away.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    future::pending,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use gatehouse::adapters::keystone::{
    Assignment, CloudService, Domain, Filter, Group, GroupRole, Keystone, KeystoneError, Limit, NewDomain,
    NewGroup, NewProject, NewUser, Project, ProjectChange, QuotaService, RegisteredLimit, Role, User,
    UserChange,
};
use secrecy::SecretString;
use tokio::sync::Notify;

/// How a call is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Whoever calls is killed before the call arrives.
    KilledBefore,
    /// It does its work there, and its answer never comes: whoever calls is killed.
    KilledAfter,
    /// It does not arrive.
    FailsBefore,
    /// It does its work there, and its answer is lost.
    FailsAfter,
}

impl Cut {
    fn kills(self) -> bool {
        matches!(self, Self::KilledBefore | Self::KilledAfter)
    }

    fn comes_before(self) -> bool {
        matches!(self, Self::KilledBefore | Self::FailsBefore)
    }
}

/// Which call is cut.
#[derive(Default, Clone, Copy)]
enum Plan {
    #[default]
    None,
    /// The one with this number, counted from 1.
    Number(usize, Cut),
    /// The next one that was not cut before, by what it asks.
    EachOnce(Cut),
}

#[derive(Default)]
struct Seen {
    plan: Plan,
    calls: usize,
    cut: BTreeSet<String>,
}

/// Cuts calls on the way to another.
pub struct Interrupted {
    inner: Arc<dyn Keystone>,
    seen: Mutex<Seen>,
    killed: Notify,
}

impl Interrupted {
    pub fn new(inner: Arc<dyn Keystone>) -> Self {
        Self { inner, seen: Mutex::default(), killed: Notify::new() }
    }

    /// Runs until it is done, or killed when the answer to the call with this number, from 1, comes. Returns what came
    /// of it, if it was done.
    pub async fn kill_at<T>(&self, call: usize, work: impl Future<Output = T>) -> Option<T> {
        self.under(Plan::Number(call, Cut::KilledAfter), work).await
    }

    /// Runs until it is done, or cut at the next call that was not cut before. Returns what came of it, if it was not
    /// killed.
    pub async fn cut_once<T>(&self, cut: Cut, work: impl Future<Output = T>) -> Option<T> {
        self.under(Plan::EachOnce(cut), work).await
    }

    /// How many calls were cut, each once.
    pub fn cuts(&self) -> usize {
        self.seen.lock().unwrap().cut.len()
    }

    async fn under<T>(&self, plan: Plan, work: impl Future<Output = T>) -> Option<T> {
        {
            let mut seen = self.seen.lock().unwrap();
            (seen.plan, seen.calls) = (plan, 0);
        }
        let ended = tokio::select! {
            ended = work => Some(ended),
            () = self.killed.notified() => None,
        };
        self.seen.lock().unwrap().plan = Plan::None;
        ended
    }

    /// How this call is cut, if it is. Only one is in a run.
    fn cut(&self, name: &str, asked: &dyn Debug) -> Option<Cut> {
        let mut seen = self.seen.lock().unwrap();
        seen.calls += 1;
        let plan = seen.plan;
        match plan {
            Plan::Number(number, cut) if seen.calls == number => Some(cut),
            Plan::EachOnce(cut) if seen.cut.insert(format!("{name} {asked:?}")) => {
                seen.plan = Plan::None;
                Some(cut)
            }
            _ => None,
        }
    }

    async fn end<T>(&self, cut: Cut) -> Result<T, KeystoneError> {
        if cut.kills() {
            self.killed.notify_one();
            pending::<()>().await;
        }
        Err(KeystoneError::Unreachable)
    }
}

macro_rules! forward {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Keystone for Interrupted {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, KeystoneError> {
                let cut = self.cut(stringify!($name), &($(&$argument,)*));
                if let Some(cut) = cut.filter(|cut| cut.comes_before()) {
                    return self.end(cut).await;
                }
                let answer = self.inner.$name($($argument),*).await;
                match cut {
                    Some(cut) => self.end(cut).await,
                    None => answer,
                }
            })*
        }
    };
}

forward! {
    domains(filter: &Filter) -> Vec<Domain>;
    projects(filter: &Filter) -> Vec<Project>;
    users(filter: &Filter) -> Vec<User>;
    roles() -> Vec<Role>;
    assignments(filter: &Filter) -> Vec<Assignment>;
    groups(filter: &Filter) -> Vec<Group>;
    group_roles(filter: &Filter) -> Vec<GroupRole>;
    services() -> Vec<CloudService>;
    registered_limits() -> Vec<RegisteredLimit>;
    limits(filter: &Filter) -> Vec<Limit>;
    create_domain(domain: &NewDomain) -> Domain;
    create_project(project: &NewProject) -> Project;
    change_project(id: &str, change: &ProjectChange) -> ();
    create_user(user: &NewUser) -> User;
    change_user(id: &str, change: &UserChange) -> ();
    grant(user_id: &str, role_id: &str, project_id: &str) -> ();
    revoke(user_id: &str, role_id: &str, project_id: &str) -> ();
    create_group(group: &NewGroup) -> Group;
    grant_to_group(group_id: &str, role_id: &str, project_id: &str) -> ();
    join(group_id: &str, user_id: &str) -> ();
    leave(group_id: &str, user_id: &str) -> ();
    create_limit(limit: &Limit) -> ();
    change_limit(id: &str, value: i64) -> ();
    quota_set(service: QuotaService, project_id: &str) -> Option<BTreeMap<String, i64>>;
    set_quota_set(service: QuotaService, project_id: &str, values: &BTreeMap<String, i64>) -> ();
    is_administrator(token: &SecretString) -> bool;
    knows_password(user_id: &str, password: &SecretString) -> bool;
    change_own_password(user_id: &str, old: &SecretString, new: &SecretString) -> ();
}
