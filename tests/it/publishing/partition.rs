//! Keys are placed as Java clients place them.

use crate::support::{Service, TestDatabase, TestKafka, keycloak_events::Person};

/// `org.apache.kafka.common.utils.Utils.murmur2`.
fn murmur2(data: &[u8]) -> i32 {
    const M: u32 = 0x5bd1_e995;
    let mut hash: u32 = 0x9747_b28c ^ u32::try_from(data.len()).unwrap();
    let mut chunks = data.chunks_exact(4);
    for chunk in &mut chunks {
        let mut k = u32::from_le_bytes(chunk.try_into().unwrap()).wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        for (index, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * index);
        }
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    (hash ^ (hash >> 15)).cast_signed()
}

#[test]
fn the_hash_is_that_of_kafka() {
    // The cases of Kafka's own `UtilsTest.testMurmur2`.
    for (text, hash) in [
        ("21", -973_932_308),
        ("foobar", -790_332_482),
        ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
        ("abc", 479_470_107),
    ] {
        assert_eq!(murmur2(text.as_bytes()), hash, "{text}");
    }
}

#[tokio::test]
async fn a_key_lies_where_a_java_client_would_put_it() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let people: Vec<Person> = (0..12).map(|n| Person::new(&format!("person-{n}"))).collect();
    let events: Vec<_> =
        people.iter().map(|person| person.event(&kafka.events(), "org.keycloak.user.REGISTER", 1)).collect();
    kafka.send(&events).await;
    let seen = kafka.users_until("everybody", |seen| seen.len() >= people.len()).await;
    for record in &seen {
        let key = record.key.as_deref().unwrap();
        assert_eq!(record.partition, (murmur2(key.as_bytes()) & 0x7fff_ffff) % 3, "{key}");
    }
    service.stop().await;
}
