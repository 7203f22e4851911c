//! The end of an account.

super::words! {
    /// What the page says.
    pub struct Deletion {
        title: "Delete my account", "Hapus akun saya", "删除我的账户", "Padam akaun saya";
        lead: "This cannot be taken back. What happens:", "Ini tidak bisa dibatalkan. Yang terjadi:", "此操作无法撤销。将会发生以下情况：", "Ini tidak boleh dibatalkan. Apa yang berlaku:";
        sign_in: "You are signed out everywhere at once, and nobody can sign in with this account any more.",
            "Anda langsung dikeluarkan di mana-mana, dan tidak ada lagi yang bisa masuk dengan akun ini.",
            "您会立即在所有地方退出，任何人都无法再用此账户登录。",
            "Anda dilog keluar di mana-mana serta-merta, dan tiada sesiapa boleh log masuk dengan akaun ini lagi.";
        gone: "Your name, your contacts and your second steps are deleted, here and in the records for billing.",
            "Nama, kontak, dan langkah kedua Anda dihapus, di sini dan di catatan untuk penagihan.",
            "您的姓名、联系方式和第二步验证会被删除，包括账单系统中的记录。",
            "Nama, hubungan dan langkah kedua anda dipadamkan, di sini dan dalam rekod pengebilan.";
        company: "You leave your company. What you set up there stays with the company.",
            "Anda keluar dari perusahaan Anda. Yang Anda siapkan di sana tetap milik perusahaan.",
            "您会离开所属公司，您在那里设置的内容归公司所有。",
            "Anda keluar daripada syarikat anda. Apa yang anda sediakan di sana kekal milik syarikat.";
        stays: "What invoices to the company rest on stays for as long as the law asks for, and the record of what was done, without your name.",
            "Dasar faktur untuk perusahaan tetap disimpan selama diwajibkan hukum, begitu juga catatan tindakan, tanpa nama Anda.",
            "公司发票所依据的资料会按法律要求的期限保留，操作记录也会保留，但不含您的姓名。",
            "Asas invois kepada syarikat kekal disimpan selama dikehendaki undang-undang, begitu juga rekod tindakan, tanpa nama anda.";
        export_first: "Download your data first", "Unduh data Anda dulu", "先下载您的数据", "Muat turun data anda dahulu";
        sure: "I want my account to be deleted for good.", "Saya ingin akun saya dihapus selamanya.", "我确定要永久删除我的账户。", "Saya mahu akaun saya dipadamkan selama-lamanya.";
        sure_expected: "Tick the box if you want your account to be deleted", "Centang kotak jika Anda ingin akun Anda dihapus",
            "如果您要删除账户，请勾选此项", "Tandakan kotak jika anda mahu akaun anda dipadamkan";
        last_admin: "You are the only admin of your company. Make somebody else an admin first, or ask customer service to close the company",
            "Anda satu-satunya admin perusahaan Anda. Jadikan orang lain admin dulu, atau minta layanan pelanggan menutup perusahaan",
            "您是公司唯一的管理员。请先指定其他管理员，或请客服关闭公司",
            "Anda satu-satunya admin syarikat anda. Jadikan orang lain admin dahulu, atau minta khidmat pelanggan menutup syarikat";
        delete: "Delete my account for good", "Hapus akun saya selamanya", "永久删除我的账户", "Padam akaun saya selama-lamanya";
        keep: "Keep my account", "Pertahankan akun saya", "保留我的账户", "Kekalkan akaun saya";
    }
}
