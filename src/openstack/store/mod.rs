//! The statements of OpenStack.

mod for_a_time;
mod lookups;
mod noted;
mod wants;

pub use for_a_time::was_set_until;
pub(super) use for_a_time::{
    Ending, for_a_time_in_company, next_end, put_quota_for_a_time, take_quotas_ending, take_quotas_returned,
};
pub(super) use lookups::{concerned, of_company, person_of, tasks_of_company};
pub use lookups::{
    people_of_project, project_by_id, project_named, projects_of_companies, projects_of_people,
    quota_changes, user_by_id, users_named,
};
pub use noted::findings;
pub(super) use noted::{
    approve, note_failure, note_findings, note_project, note_quota, note_user, take_ending,
};
pub use wants::wanted;
pub(super) use wants::{insert_project, insert_user, put_grant, put_quota};
