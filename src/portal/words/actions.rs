//! What was done, in plain words, as histories tell it.

use super::Language;

/// The table of [`ACTIONS`], a line each.
macro_rules! told {
    ($($name:literal: $english:literal, $indonesian:literal, $chinese:literal, $malay:literal;)*) => {
        &[$(($name, [$english, $indonesian, $chinese, $malay])),*]
    };
}

/// The actions of the audit trail in the four languages, in the order of their names.
const ACTIONS: &[(&str, [&str; 4])] = told! {
    "access.granted": "A permission was granted", "Izin diberikan", "已授予权限", "Kebenaran diberi";
    "access.revoked": "A permission was taken away", "Izin dicabut", "已撤销权限", "Kebenaran ditarik balik";
    "account.address_changed": "The sign-in address was changed", "Alamat masuk diubah", "已更改登录邮箱", "Alamat log masuk ditukar";
    "admission.allowed": "An address was put on the list of those who may sign up", "Alamat dimasukkan ke daftar yang boleh mendaftar", "已将地址加入可注册名单", "Alamat dimasukkan ke senarai yang boleh mendaftar";
    "admission.approved": "A sign-up was approved", "Pendaftaran disetujui", "已批准注册", "Pendaftaran diluluskan";
    "admission.disallowed": "An address was taken off the list of those who may sign up", "Alamat dikeluarkan dari daftar yang boleh mendaftar", "已将地址移出可注册名单", "Alamat dikeluarkan daripada senarai yang boleh mendaftar";
    "admission.refused": "A sign-up was refused", "Pendaftaran ditolak", "已拒绝注册", "Pendaftaran ditolak";
    "approval.asked": "Staff were asked to decide", "Petugas diminta memutuskan", "已请员工决定", "Petugas diminta membuat keputusan";
    "approval.given": "Staff agreed", "Petugas menyetujui", "员工已批准", "Petugas bersetuju";
    "approval.refused": "Staff refused", "Petugas menolak", "员工已拒绝", "Petugas menolak";
    "billing.recipient_added": "A recipient of invoices was added", "Penerima faktur ditambahkan", "已添加发票接收人", "Penerima invois ditambah";
    "billing.recipient_removed": "A recipient of invoices was removed", "Penerima faktur dihapus", "已删除发票接收人", "Penerima invois dibuang";
    "billing.saved": "The billing profile was saved", "Profil penagihan disimpan", "已保存账单资料", "Profil pengebilan disimpan";
    "cloud_finding.approved": "A difference in the cloud was approved", "Perbedaan di cloud disetujui", "已批准云端差异", "Perbezaan dalam awan diluluskan";
    "cloud_quota.returned": "A quota for a time came to its end", "Kuota sementara berakhir", "临时配额已到期", "Kuota sementara tamat";
    "cloud_task.given": "A task in a project was given", "Tugas di proyek diberikan", "已分配项目任务", "Tugas dalam projek diberi";
    "cloud_task.taken_back": "A task in a project was taken back", "Tugas di proyek dicabut", "已收回项目任务", "Tugas dalam projek ditarik balik";
    "company.renamed": "The company was renamed", "Perusahaan diganti nama", "公司已更名", "Syarikat dinamakan semula";
    "company.resumed": "The company goes on", "Perusahaan dilanjutkan", "公司已恢复", "Syarikat diteruskan";
    "company.suspended": "The company was suspended", "Perusahaan ditangguhkan", "公司已暂停", "Syarikat digantung";
    "company_contact.added": "A company contact was added", "Kontak perusahaan ditambahkan", "已添加公司联系人", "Hubungan syarikat ditambah";
    "company_contact.changed": "A company contact was changed", "Kontak perusahaan diubah", "已更改公司联系人", "Hubungan syarikat ditukar";
    "company_contact.removed": "A company contact was removed", "Kontak perusahaan dihapus", "已删除公司联系人", "Hubungan syarikat dibuang";
    "company_contacts.unmasked": "Staff looked at the contacts of the company", "Petugas melihat kontak perusahaan", "员工查看了公司联系人", "Petugas melihat kenalan syarikat";
    "contact.added": "A contact was added", "Kontak ditambahkan", "已添加联系方式", "Hubungan ditambah";
    "contact.made_primary": "A contact became the first choice", "Kontak menjadi pilihan utama", "联系方式已设为首选", "Hubungan menjadi pilihan utama";
    "contact.purposes_changed": "The purposes of a contact were changed", "Kegunaan kontak diubah", "已更改联系方式的用途", "Kegunaan hubungan ditukar";
    "contact.removed": "A contact was removed", "Kontak dihapus", "已删除联系方式", "Hubungan dibuang";
    "factor.disabled": "A second step was disabled", "Langkah kedua dinonaktifkan", "第二步验证已停用", "Langkah kedua dilumpuhkan";
    "factor.enabled": "A second step was enabled", "Langkah kedua diaktifkan", "第二步验证已启用", "Langkah kedua dibolehkan";
    "factor.imported": "A second step was taken over from the earlier system", "Langkah kedua diambil dari sistem sebelumnya", "已从原系统导入第二步验证", "Langkah kedua diambil daripada sistem terdahulu";
    "factor.locked": "A second step was locked", "Langkah kedua dikunci", "第二步验证已锁定", "Langkah kedua dikunci";
    "factor.reset": "A second step was reset", "Langkah kedua direset", "第二步验证已重置", "Langkah kedua ditetapkan semula";
    "factor.reset_asked": "A reset of the second step was asked for", "Reset langkah kedua diminta", "已申请重置第二步验证", "Set semula langkah kedua diminta";
    "factor.unlocked": "A second step was unlocked", "Kunci langkah kedua dibuka", "第二步验证已解锁", "Kunci langkah kedua dibuka";
    "first_password.renewed": "A link for the first password was sent", "Tautan kata sandi pertama dikirim", "已发送首个密码链接", "Pautan kata laluan pertama dihantar";
    "invitation.cancelled": "An invitation was cancelled", "Undangan dibatalkan", "已取消邀请", "Jemputan dibatalkan";
    "invitation.resent": "An invitation was sent again", "Undangan dikirim ulang", "已重新发送邀请", "Jemputan dihantar semula";
    "invitation.sent": "An invitation was sent", "Undangan dikirim", "已发送邀请", "Jemputan dihantar";
    "job.retried": "Waiting work was tried again", "Pekerjaan tertahan dicoba lagi", "已重试搁置的任务", "Kerja tertahan dicuba semula";
    "join_request.approved": "A request to join was granted", "Permintaan bergabung diterima", "已批准加入申请", "Permintaan menyertai diterima";
    "join_request.refused": "A request to join was refused", "Permintaan bergabung ditolak", "已拒绝加入申请", "Permintaan menyertai ditolak";
    "list.read": "A system read a list", "Sebuah sistem membaca daftar", "某系统读取了列表", "Sebuah sistem membaca senarai";
    "note.written": "Staff wrote a note", "Petugas menulis catatan", "员工写了备注", "Petugas menulis nota";
    "person.blocked": "Blocked by staff", "Diblokir petugas", "已被员工封锁", "Disekat oleh petugas";
    "person.deleted": "The account was deleted", "Akun dihapus", "已删除账户", "Akaun dipadam";
    "person.deletion_asked": "Deletion of the account was asked for", "Penghapusan akun diminta", "已申请删除账户", "Pemadaman akaun diminta";
    "person.disabled": "A person was disabled", "Seseorang dinonaktifkan", "已停用人员", "Seseorang dilumpuhkan";
    "person.email_change_asked": "Another sign-in address was asked for", "Alamat masuk lain diminta", "已申请更换登录邮箱", "Alamat log masuk lain diminta";
    "person.email_change_undone": "The old sign-in address was brought back", "Alamat masuk lama dikembalikan", "已恢复原登录邮箱", "Alamat log masuk lama dikembalikan";
    "person.enabled": "A person was enabled again", "Seseorang diaktifkan lagi", "已重新启用人员", "Seseorang dibolehkan semula";
    "person.left": "A person left the company", "Seseorang keluar dari perusahaan", "有人退出公司", "Seseorang keluar daripada syarikat";
    "person.password_reset_started": "A link for a new password was sent", "Tautan kata sandi baru dikirim", "已发送新密码链接", "Pautan kata laluan baharu dihantar";
    "person.profile_changed": "Name or language was changed", "Nama atau bahasa diubah", "已更改姓名或语言", "Nama atau bahasa ditukar";
    "person.read": "A system read personal data", "Sebuah sistem membaca data pribadi", "某系统读取了个人数据", "Sebuah sistem membaca data peribadi";
    "person.removed": "A person was removed from the company", "Seseorang dikeluarkan dari perusahaan", "已将人员移出公司", "Seseorang dikeluarkan daripada syarikat";
    "person.role_changed": "A role was changed", "Peran diubah", "已更改角色", "Peranan ditukar";
    "person.unblocked": "No longer blocked", "Blokir dibuka", "已解除封锁", "Tidak lagi disekat";
    "person.unmasked": "Staff looked at personal data", "Petugas melihat data pribadi", "员工查看了个人数据", "Petugas melihat data peribadi";
    "request.approved": "A request for the cloud was approved", "Permintaan cloud disetujui", "已批准云申请", "Permohonan awan diluluskan";
    "request.asked": "Cloud resources were asked for", "Sumber daya cloud diminta", "已申请云资源", "Sumber awan dipohon";
    "request.cancelled": "A request for the cloud was cancelled", "Permintaan cloud dibatalkan", "已取消云申请", "Permohonan awan dibatalkan";
    "request.delegated": "A request for the cloud was given to somebody else", "Permintaan cloud diserahkan kepada orang lain", "已转交云申请", "Permohonan awan diserahkan kepada orang lain";
    "request.escalated": "A request for the cloud was passed up", "Permintaan cloud dieskalasi", "已上报云申请", "Permohonan awan dibawa ke pihak atasan";
    "request.opened": "A request for the cloud was made", "Permintaan cloud dibuat", "已提交云申请", "Permohonan awan dibuat";
    "request.rejected": "A request for the cloud was rejected", "Permintaan cloud ditolak", "已拒绝云申请", "Permohonan awan ditolak";
    "request.retried": "A request for the cloud was tried again", "Permintaan cloud dicoba lagi", "已重试云申请", "Permohonan awan dicuba semula";
    "session.ended": "A session was ended", "Sesi diakhiri", "已结束会话", "Sesi ditamatkan";
    "sms_prefix.blocked": "Text messages to a range of numbers were stopped", "SMS ke suatu rentang nomor dihentikan", "已停止向某号段发送短信", "Mesej teks ke satu julat nombor dihentikan";
    "sms_prefix.lifted": "Text messages to a range of numbers were allowed again", "SMS ke suatu rentang nomor diizinkan lagi", "已恢复向某号段发送短信", "Mesej teks ke satu julat nombor dibenarkan semula";
    "system.joined": "Somebody was added to the staff", "Seseorang ditambahkan ke petugas", "已将某人加入员工", "Seseorang ditambah sebagai petugas";
    "system.left": "Somebody was taken off the staff", "Seseorang dikeluarkan dari petugas", "已将某人移出员工", "Seseorang dikeluarkan daripada petugas";
    "system.made": "A system was made", "Sistem dibuat", "已创建系统", "Sistem dibuat";
    "system.revoked": "A system was revoked", "Sistem dicabut", "已撤销系统", "Sistem dibatalkan";
    "system.secret_renewed": "A system got a new secret", "Sistem mendapat rahasia baru", "系统已获得新密钥", "Sistem mendapat rahsia baharu";
};

/// What was done, in words; an action that has none is told by its name.
#[must_use]
pub fn action(name: &str, language: Language) -> &str {
    let place = match language {
        Language::English => 0,
        Language::Indonesian => 1,
        Language::Chinese => 2,
        Language::Malay => 3,
    };
    ACTIONS.binary_search_by_key(&name, |told| told.0).map_or(name, |found| ACTIONS[found].1[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_told_in_words_and_unknown_ones_by_their_name() {
        assert!(ACTIONS.is_sorted_by_key(|told| told.0), "they are searched by halves");
        for (name, texts) in ACTIONS {
            assert!(texts.iter().all(|text| !text.is_empty()), "{name}");
            assert_eq!(action(name, Language::Malay), texts[3]);
        }
        assert_eq!(action("something.new", Language::English), "something.new");
    }
}
