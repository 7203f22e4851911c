//! A domain for each company, where the site wants that.

use std::sync::Arc;

use gatehouse::{
    adapters::keystone::{Keystone as _, MemoryKeystone, NewProject},
    openstack::{Finding, NewCloudProject},
};
use uuid::Uuid;

use crate::support::CloudHouse;

#[tokio::test]
async fn each_company_has_a_domain_of_its_own_and_what_others_make_there_is_told() {
    let keystone = Arc::new(MemoryKeystone::bootstrapped());
    let house = CloudHouse::over(keystone.clone(), "openstack.domain_per_company = true").await;
    let companies = [Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)), None];
    for company_id in companies {
        // The same name in each: names are unique in a domain.
        let project = NewCloudProject {
            company_id,
            name: "Kerja".to_owned(),
            description: String::new(),
            contact_name: None,
            contact_email: None,
            ends_at: None,
        };
        let mut conn = house.pool.acquire().await.unwrap();
        house.cloud.openstack.want_project_in_tx(&mut conn, project).await.unwrap().unwrap();
    }
    house.cloud.openstack.apply(None).await.unwrap();
    let domain = |name: &str| {
        let state = keystone.state();
        state.domains.iter().find(|domain| domain.name == name).map(|domain| domain.id.clone())
    };
    let names = companies.map(|company| house.cloud.openstack.domain_of(company));
    assert_eq!(names[2], "Default");
    let mut expected: Vec<String> = names.iter().map(|name| domain(name).unwrap()).collect();
    let mut there: Vec<String> =
        keystone.state().projects.iter().map(|project| project.domain_id.clone()).collect();
    expected.sort();
    there.sort();
    assert_eq!(there, expected);

    // By hand: in a company's domain it is told, in the shared one it is others' business.
    for domain_id in [domain(&names[0]).unwrap(), domain("Default").unwrap()] {
        let new = NewProject {
            name: "by-hand".to_owned(),
            domain_id,
            description: String::new(),
            enabled: true,
            tags: Vec::new(),
        };
        keystone.create_project(&new).await.unwrap();
    }
    let plan = house.cloud.openstack.plan(None).await.unwrap();
    assert!(plan.repairs.is_empty(), "{plan:?}");
    assert!(
        matches!(plan.findings.as_slice(), [Finding::ForeignProject { name, .. }] if name == "by-hand"),
        "{plan:?}"
    );
}
