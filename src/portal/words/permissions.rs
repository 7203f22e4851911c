//! What can be allowed, in plain words.

use crate::access::Permission;

super::words! {
    /// What each permission allows.
    pub struct Permissions {
        deployment_view: "See deployments and what they use", "Melihat deployment dan pemakaiannya", "查看部署及其用量", "Melihat penggunaan sumber dan keadaannya";
        deployment_manage: "Change deployments", "Mengubah deployment", "更改部署", "Mengubah penggunaan sumber";
        deployment_access: "Say who may do what in a deployment", "Menentukan siapa boleh apa di deployment", "决定部署中的权限", "Menentukan siapa boleh buat apa dalam penggunaan sumber";
        company_view: "See the company profile", "Melihat profil perusahaan", "查看公司资料", "Melihat profil syarikat";
        people_view: "See the people", "Melihat daftar orang", "查看人员", "Melihat senarai orang";
        access_view: "See who may do what, and why", "Melihat siapa boleh apa, dan mengapa", "查看权限及其原因", "Melihat siapa boleh buat apa, dan sebabnya";
        billing_view: "See the billing profile", "Melihat profil penagihan", "查看账单资料", "Melihat profil pengebilan";
        company_audit_view: "See what was done in the company", "Melihat apa yang dilakukan di perusahaan", "查看公司操作记录", "Melihat apa yang dilakukan dalam syarikat";
        billing_manage: "Change the billing profile", "Mengubah profil penagihan", "更改账单资料", "Mengubah profil pengebilan";
        billing_set_by_staff: "Set what of a billing profile is for staff to say", "Mengisi bagian profil penagihan yang ditentukan petugas", "设置账单资料中由员工决定的内容", "Menetapkan bahagian profil pengebilan yang ditentukan petugas";
        contacts_manage: "Change the company's contacts", "Mengubah kontak perusahaan", "更改公司联系方式", "Mengubah hubungan syarikat";
        deployments_request: "Ask for deployments", "Meminta deployment", "申请部署", "Memohon penggunaan sumber";
        company_manage: "Rename the company", "Mengubah nama perusahaan", "更改公司名称", "Menukar nama syarikat";
        people_manage: "Invite, disable and remove people", "Mengundang, menonaktifkan, dan mengeluarkan orang", "邀请、停用和移出人员", "Menjemput, melumpuhkan dan mengeluarkan orang";
        access_manage: "Say who may do what", "Menentukan siapa boleh apa", "分配权限", "Menentukan siapa boleh buat apa";
        systems_manage: "Make and revoke systems", "Membuat dan mencabut sistem", "创建和撤销系统", "Membuat dan membatalkan sistem";
        directory_view: "Find all people and companies", "Mencari semua orang dan perusahaan", "查找所有人员和公司", "Mencari semua orang dan syarikat";
        messages_view: "See the messages that were sent", "Melihat pesan yang dikirim", "查看已发送的消息", "Melihat mesej yang dihantar";
        audit_view: "See everybody's audit trail", "Melihat jejak audit semua orang", "查看所有审计记录", "Melihat jejak audit semua orang";
        records_view: "See what is published, and whether readers have it", "Melihat yang diterbitkan, dan apakah pembaca memilikinya", "查看已发布的记录及读取方是否收到", "Melihat apa yang diterbitkan, dan sama ada pembaca memilikinya";
        jobs_view: "See jobs and parked records", "Melihat pekerjaan dan catatan yang tertahan", "查看任务和搁置记录", "Melihat kerja dan rekod tertahan";
        people_unmask: "See personal data, which is recorded", "Melihat data pribadi, yang dicatat", "查看个人数据（会被记录）", "Melihat data peribadi, yang direkodkan";
        notes_manage: "Write notes", "Menulis catatan", "撰写备注", "Menulis nota";
        people_block: "Block and unblock people", "Memblokir dan membuka blokir orang", "封锁和解封人员", "Menyekat dan menyahsekat orang";
        factors_manage: "Unlock second factors, send messages again", "Membuka kunci faktor kedua, mengirim ulang pesan", "解锁第二步验证、重发消息", "Membuka kunci faktor kedua, menghantar semula mesej";
        requests_manage: "Decide requests", "Memutuskan permintaan", "处理申请", "Memutuskan permintaan";
        factors_reset: "Reset second factors, with a second person", "Mereset faktor kedua, bersama orang kedua", "重置第二步验证（需两人）", "Menetapkan semula faktor kedua, dengan orang kedua";
        owners_change: "Change the admin of a company, with a second person", "Mengganti admin perusahaan, bersama orang kedua", "更换公司管理员（需两人）", "Menukar pentadbir syarikat, dengan orang kedua";
        companies_suspend: "Suspend companies", "Menangguhkan perusahaan", "暂停公司", "Menggantung syarikat";
        jobs_manage: "Run jobs again, set limits", "Menjalankan ulang pekerjaan, mengatur batas", "重新运行任务、设置限额", "Menjalankan semula kerja, menetapkan had";
        requests_overrule: "Decide requests that went one step up", "Memutuskan permintaan yang diteruskan ke atasan", "处理转交上一级的申请", "Memutuskan permintaan yang dinaikkan ke peringkat atas";
        system_access: "Say who belongs to staff", "Menentukan siapa petugas", "决定员工权限", "Menentukan siapa petugas";
    }
}

impl Permissions {
    /// A permission in plain words.
    #[must_use]
    pub const fn name(&self, permission: Permission) -> &'static str {
        match permission {
            Permission::DeploymentView => self.deployment_view,
            Permission::DeploymentManage => self.deployment_manage,
            Permission::DeploymentAccess => self.deployment_access,
            Permission::CompanyView => self.company_view,
            Permission::PeopleView => self.people_view,
            Permission::AccessView => self.access_view,
            Permission::BillingView => self.billing_view,
            Permission::CompanyAuditView => self.company_audit_view,
            Permission::BillingManage => self.billing_manage,
            Permission::BillingSetByStaff => self.billing_set_by_staff,
            Permission::ContactsManage => self.contacts_manage,
            Permission::DeploymentsRequest => self.deployments_request,
            Permission::CompanyManage => self.company_manage,
            Permission::PeopleManage => self.people_manage,
            Permission::AccessManage => self.access_manage,
            Permission::SystemsManage => self.systems_manage,
            Permission::DirectoryView => self.directory_view,
            Permission::MessagesView => self.messages_view,
            Permission::AuditView => self.audit_view,
            Permission::RecordsView => self.records_view,
            Permission::JobsView => self.jobs_view,
            Permission::PeopleUnmask => self.people_unmask,
            Permission::NotesManage => self.notes_manage,
            Permission::PeopleBlock => self.people_block,
            Permission::FactorsManage => self.factors_manage,
            Permission::RequestsManage => self.requests_manage,
            Permission::FactorsReset => self.factors_reset,
            Permission::OwnersChange => self.owners_change,
            Permission::CompaniesSuspend => self.companies_suspend,
            Permission::JobsManage => self.jobs_manage,
            Permission::RequestsOverrule => self.requests_overrule,
            Permission::SystemAccess => self.system_access,
        }
    }
}
