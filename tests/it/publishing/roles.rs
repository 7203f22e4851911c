//! The roles run in processes of their own, several of each.

use gatehouse::app::Role;

use crate::support::{Service, TestDatabase, TestKafka, keycloak_events::Person};

#[tokio::test]
async fn three_consumers_and_three_workers_do_together_what_one_process_does_alone() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let people: Vec<Person> = (0..30).map(|n| Person::new(&format!("person-{n}"))).collect();
    let events: Vec<_> =
        people.iter().map(|person| person.event(&kafka.events(), "org.keycloak.user.REGISTER", 1)).collect();
    let consumers: Vec<Service> =
        (0..3).map(|_| Service::start_as(&database, &kafka, &[Role::Consumer])).collect();
    assert_eq!(consumers[0].health.parts().keys().copied().collect::<Vec<_>>(), ["events"]);
    kafka.send(&events).await;
    let workers: Vec<Service> =
        (0..3).map(|_| Service::start_as(&database, &kafka, &[Role::Worker])).collect();
    assert_eq!(workers[0].health.parts().keys().copied().collect::<Vec<_>>(), ["publishing"]);
    let seen = kafka.users_until("a record of each person", |seen| seen.len() >= people.len()).await;
    let keys: std::collections::BTreeSet<_> = seen.iter().map(|record| record.key.clone()).collect();
    assert_eq!(keys.len(), people.len(), "one record each, none twice");
}
