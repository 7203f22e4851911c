//! The statements of administration.

mod company;
mod invitations;
mod listed;
mod members;

pub(super) use company::{lock_company, name_is_had, profile, take_request, want_name, wanted_name};
pub(super) use invitations::{
    InvitationRow, accept_invitations, addresses_invited, change_invitation, forget_cancelled, invitation,
    invitation_sent, open_invitations, put_invitation,
};
pub(super) use listed::{addresses_inside, people, requests};
pub(super) use members::{
    admins_who_act, companies_led_by, count_without_admin, forget_removed, is_elsewhere, is_stopped,
    leads_any, member, member_wanted, put_member, remove_member, set_block, set_role, without_admin,
};
