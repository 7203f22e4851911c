//! The contacts of a company.

super::words! {
    /// What the pages say.
    pub struct CompanyContacts {
        title: "Company contacts", "Kontak perusahaan", "公司联系人", "Hubungan syarikat";
        lead: "Whom we ask about the company's matters. They need no account, and cannot sign in by this.",
            "Siapa yang kami hubungi tentang urusan perusahaan. Mereka tidak perlu akun dan tidak dapat masuk dengannya.",
            "公司事务的联系人。他们无需账户，也不能凭此登录。",
            "Siapa yang kami hubungi tentang urusan syarikat. Mereka tidak perlukan akaun dan tidak boleh log masuk dengannya.";
        none: "There is no contact yet. Add whom we may ask about faults, invoices or incidents.",
            "Belum ada kontak. Tambahkan siapa yang boleh kami hubungi tentang gangguan, faktur, atau insiden.",
            "还没有联系人。请添加故障、发票或安全事件的联系人。",
            "Belum ada hubungan. Tambah siapa yang boleh kami hubungi tentang gangguan, invois atau insiden.";
        new: "Add a contact", "Tambah kontak", "添加联系人", "Tambah hubungan";
        edit: "Change", "Ubah", "更改", "Ubah";
        edit_whom: "Change {}", "Ubah {}", "更改 {}", "Ubah {}";
        edit_title: "Change a contact", "Ubah kontak", "更改联系人", "Ubah hubungan";
        name: "Name", "Nama", "姓名", "Nama";
        name_help: "A person, or a team such as Network operations.", "Orang, atau tim seperti Operasi Jaringan.",
            "个人，或团队（例如“网络运维”）。", "Seseorang, atau pasukan seperti Operasi Rangkaian.";
        name_expected: "Enter a name of 1 to 100 characters", "Isi nama 1 sampai 100 karakter", "请输入 1 到 100 个字符的姓名", "Masukkan nama antara 1 hingga 100 aksara";
        email: "E-mail address", "Alamat e-mail", "电子邮箱", "Alamat e-mel";
        email_expected: "Enter an e-mail address such as name@example.com", "Masukkan alamat e-mail seperti nama@example.com",
            "请输入电子邮箱，例如 name@example.com", "Masukkan alamat e-mel seperti nama@example.com";
        phone: "Phone number", "Nomor telepon", "电话号码", "Nombor telefon";
        phone_help: "With its country code, for example +62 21 5081 2345", "Dengan kode negara, misalnya +62 21 5081 2345",
            "带国家代码，例如 +65 6221 1234", "Dengan kod negara, contohnya +60 3 2345 6789";
        phone_expected: "Enter a phone number with its country code, such as +62 21 5081 2345, or leave this empty",
            "Masukkan nomor telepon dengan kode negara, seperti +62 21 5081 2345, atau kosongkan",
            "请输入带国家代码的电话号码，例如 +65 6221 1234，或留空",
            "Masukkan nombor telefon dengan kod negara, seperti +60 3 2345 6789, atau biarkan kosong";
        purposes: "What may we ask them about?", "Tentang apa kami boleh menghubungi mereka?", "我们可以就哪些事项联系？", "Tentang apa kami boleh menghubungi mereka?";
        purposes_expected: "Choose at least one matter", "Pilih setidaknya satu hal", "请至少选择一项", "Pilih sekurang-kurangnya satu perkara";
        technical: "Technical", "Teknis", "技术", "Teknikal";
        technical_help: "Maintenance and faults", "Pemeliharaan dan gangguan", "维护和故障", "Penyelenggaraan dan gangguan";
        billing: "Billing", "Penagihan", "账单", "Pengebilan";
        billing_help: "Invoices and payments. Our billing sees this contact.", "Faktur dan pembayaran. Bagian penagihan kami melihat kontak ini.",
            "发票和付款。我们的账单部门可看到此联系人。", "Invois dan bayaran. Bahagian pengebilan kami dapat melihat hubungan ini.";
        security: "Security", "Keamanan", "安全", "Keselamatan";
        security_help: "Incidents and abuse", "Insiden dan penyalahgunaan", "安全事件和滥用", "Insiden dan penyalahgunaan";
        other: "Other", "Lainnya", "其他", "Lain-lain";
        other_help: "Anything else", "Hal lain", "其他事项", "Perkara lain";
        held: "Another contact of the company has this address. Change that one", "Kontak lain perusahaan ini memakai alamat itu. Ubah kontak tersebut",
            "公司的另一位联系人已使用此邮箱。请更改那一位", "Hubungan lain syarikat ini menggunakan alamat itu. Ubah hubungan tersebut";
        too_many: "There are 50 contacts already. Remove one that is no longer needed", "Sudah ada 50 kontak. Hapus yang tidak diperlukan lagi",
            "已有 50 位联系人，请先删除不再需要的", "Sudah ada 50 hubungan. Buang yang tidak diperlukan lagi";
        changed_title: "Somebody else saved this meanwhile", "Orang lain sudah menyimpan perubahan", "其他人已先行保存", "Orang lain telah menyimpan perubahan";
        changed_help: "Nothing of theirs was overwritten. Below is yours, to save over theirs, which says:",
            "Perubahan mereka tidak tertimpa. Di bawah ini milik Anda, untuk disimpan menggantikan milik mereka, yaitu:",
            "对方的内容未被覆盖。下面是您的内容，可保存以替换对方的内容：",
            "Perubahan mereka tidak ditulis ganti. Di bawah ialah milik anda, untuk disimpan menggantikan milik mereka, iaitu:";
        remove: "Remove", "Hapus", "删除", "Buang";
        remove_help: "We will no longer ask this contact.", "Kami tidak akan lagi menghubungi kontak ini.", "我们将不再联系此人。", "Kami tidak akan lagi menghubungi hubungan ini.";
        added: "The contact is added.", "Kontak sudah ditambahkan.", "联系人已添加。", "Hubungan telah ditambah.";
        saved: "Your change is saved.", "Perubahan Anda sudah disimpan.", "您的更改已保存。", "Perubahan anda telah disimpan.";
        removed: "The contact is removed.", "Kontak sudah dihapus.", "联系人已删除。", "Hubungan telah dibuang.";
    }
}
