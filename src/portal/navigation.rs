//! Where a person may go: only what they may see is offered.

use super::{Link, Visitor, words::Layout};
use crate::access::Permission;

/// The sections that the person may enter.
pub(super) fn sections(visitor: &Visitor, words: &'static Layout, here: &str) -> Vec<Link> {
    let link = |root, href, label| Link { href, label, is_current: here.starts_with(root) };
    let mut sections = vec![link("/account", "/account", words.account)];
    if visitor.company.is_some() {
        let first = if visitor.may(Permission::BillingView) { "/company" } else { "/company/profile" };
        sections.push(link("/company", first, words.company));
    }
    if visitor.has_cloud {
        sections.push(link("/cloud", "/cloud", words.cloud));
    }
    if visitor.caller.is_staff() {
        sections.push(link("/backoffice", "/backoffice", words.backoffice));
    }
    sections
}

/// The pages of the section that `here` is in.
pub(super) fn pages(visitor: &Visitor, words: &'static Layout, here: &str) -> Vec<Link> {
    let link = |href, label| Link { href, label, is_current: here == href };
    if here.starts_with("/backoffice") {
        return of_backoffice(visitor, words, link);
    }
    if here.starts_with("/company") {
        return of_company(visitor, words, link);
    }
    if here.starts_with("/cloud") {
        return vec![link("/cloud", words.my_requests), link("/cloud/ask", words.ask)];
    }
    vec![
        link("/account", words.profile),
        link("/account/contacts", words.contacts),
        link("/account/security", words.security),
        link("/account/data", words.history),
    ]
}

fn of_company(
    visitor: &Visitor,
    words: &'static Layout,
    link: impl Fn(&'static str, &'static str) -> Link,
) -> Vec<Link> {
    let guarded = [
        (Permission::BillingView, "/company", words.billing),
        (Permission::CompanyView, "/company/profile", words.company_profile),
        (Permission::PeopleView, "/company/people", words.people),
        (Permission::PeopleManage, "/company/requests", words.requests),
        (Permission::PeopleView, "/company/contacts", words.company_contacts),
        (Permission::SystemsManage, "/company/systems", words.systems),
        (Permission::CompanyAuditView, "/company/history", words.company_history),
    ];
    // Whoever belongs to the company sees its profile, whatever they hold.
    let is_open = |it: &(Permission, _, _)| it.0 == Permission::CompanyView || visitor.may(it.0);
    let projects = visitor.has_cloud.then(|| link("/company/projects", words.projects));
    let allowed = guarded.into_iter().filter(is_open).map(|(_, href, label)| link(href, label));
    allowed.chain(projects).collect()
}

fn of_backoffice(
    visitor: &Visitor,
    words: &'static Layout,
    link: impl Fn(&'static str, &'static str) -> Link,
) -> Vec<Link> {
    let guarded = [
        (Permission::DirectoryView, "/backoffice", words.search),
        (Permission::DirectoryView, "/backoffice/approvals", words.approvals),
        (Permission::RequestsManage, "/backoffice/sign-ups", words.sign_ups),
        (Permission::JobsView, "/backoffice/work", words.work),
        (Permission::MessagesView, "/backoffice/messages", words.messages),
        (Permission::SystemAccess, "/backoffice/systems", words.systems),
        (Permission::AuditView, "/backoffice/trail", words.trail),
    ];
    // Sign-ups are decided during a closed launch only.
    let is_open = |it: &(Permission, &str, _)| it.1 != "/backoffice/sign-ups" || visitor.has_sign_ups;
    let allowed = guarded.into_iter().filter(|it| visitor.may_as_staff(it.0) && is_open(it));
    let requests = visitor.has_cloud.then(|| link("/backoffice/requests", words.cloud_requests));
    allowed.map(|(_, href, label)| link(href, label)).chain(requests).collect()
}
