//! An OpenStack whose caller is killed: a call does its work there, and its answer never comes.

use std::{
    collections::BTreeMap,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use gatehouse::adapters::keystone::{
    Assignment, CloudService, Domain, Filter, Group, GroupRole, Keystone, KeystoneError, Limit,
    MemoryKeystone, NewDomain, NewGroup, NewProject, NewUser, Project, ProjectChange, QuotaService,
    RegisteredLimit, Role, User, UserChange,
};
use secrecy::SecretString;
use tokio::sync::Notify;

/// Stops whoever calls at one call, counted from 1.
pub struct Interrupted {
    pub inner: Arc<MemoryKeystone>,
    pub stop_at: AtomicUsize,
    calls: AtomicUsize,
    reached: Notify,
}

impl Interrupted {
    pub fn new(inner: Arc<MemoryKeystone>) -> Self {
        let (stop_at, calls, reached) = (AtomicUsize::new(0), AtomicUsize::new(0), Notify::new());
        Self { inner, stop_at, calls, reached }
    }

    /// Runs until it is done, or killed at the call. Returns what came of it, if it was done.
    pub async fn kill_at<T>(&self, call: usize, work: impl Future<Output = T>) -> Option<T> {
        self.calls.store(0, Ordering::SeqCst);
        self.stop_at.store(call, Ordering::SeqCst);
        let ended = tokio::select! {
            ended = work => Some(ended),
            () = self.reached.notified() => None,
        };
        self.stop_at.store(0, Ordering::SeqCst);
        ended
    }

    async fn answer(&self) {
        if self.calls.fetch_add(1, Ordering::SeqCst) + 1 == self.stop_at.load(Ordering::SeqCst) {
            self.reached.notify_one();
            pending::<()>().await;
        }
    }
}

macro_rules! forward {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Keystone for Interrupted {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, KeystoneError> {
                let answer = self.inner.$name($($argument),*).await;
                self.answer().await;
                answer
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
