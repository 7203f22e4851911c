//! Sign-in and security; my data.

super::words! {
    /// What the page about signing in says.
    pub struct Security {
        title: "Sign-in and security", "Masuk dan keamanan", "登录与安全", "Log masuk dan keselamatan";
        password: "Password", "Kata sandi", "密码", "Kata laluan";
        password_help: "You will be asked to sign in once more before you choose a new one.",
            "Anda akan diminta masuk sekali lagi sebelum memilih yang baru.",
            "设置新密码前需要再次登录。", "Anda akan diminta log masuk sekali lagi sebelum memilih yang baharu.";
        change_password: "Change the password", "Ubah kata sandi", "更改密码", "Tukar kata laluan";
        factors: "Second step", "Langkah kedua", "第二步验证", "Langkah kedua";
        factors_help: "Have at least two ways, so that a lost phone does not lock you out.",
            "Siapkan minimal dua cara, agar ponsel yang hilang tidak mengunci Anda.",
            "请至少设置两种方式，以免手机丢失后无法登录。", "Sediakan sekurang-kurangnya dua cara supaya telefon yang hilang tidak menghalang anda.";
        sms: "Code by SMS", "Kode lewat SMS", "短信验证码", "Kod melalui SMS";
        email: "Code by e-mail", "Kode lewat e-mail", "邮件验证码", "Kod melalui e-mel";
        app: "Authenticator app", "Aplikasi autentikator", "身份验证器应用", "Aplikasi pengesah";
        passkey: "Passkey", "Passkey", "通行密钥", "Kunci laluan";
        in_use: "In use", "Dipakai", "使用中", "Digunakan";
        set_up: "Set up", "Siapkan", "设置", "Sediakan";
        set_up_what: "Set up: {}", "Siapkan: {}", "设置：{}", "Sediakan: {}";
        manage: "Remove or replace a way", "Hapus atau ganti cara", "删除或更换方式", "Buang atau ganti cara";
        devices: "Sessions and devices", "Sesi dan perangkat", "会话和设备", "Sesi dan peranti";
        devices_help: "A new sign-in ends the one before it. See where you are signed in, and end it there.",
            "Masuk yang baru mengakhiri yang sebelumnya. Lihat di mana Anda masuk, dan akhiri di sana.",
            "新的登录会结束之前的登录。您可以查看并结束当前登录。",
            "Log masuk baharu menamatkan yang sebelumnya. Lihat di mana anda dilog masuk, dan tamatkannya di sana.";
        see_devices: "See devices", "Lihat perangkat", "查看设备", "Lihat peranti";
        address: "Sign-in address", "Alamat masuk", "登录邮箱", "Alamat log masuk";
        address_help: "You sign in with {}.", "Anda masuk dengan {}.", "您使用 {} 登录。", "Anda log masuk dengan {}.";
        change_address: "Change the address", "Ubah alamat", "更改邮箱", "Tukar alamat";
        address_changed: "From now on you sign in with the new address.", "Mulai sekarang Anda masuk dengan alamat baru.",
            "从现在起，您使用新邮箱登录。", "Mulai sekarang anda log masuk dengan alamat baharu.";
        address_waiting: "Your change is on its way. It will show here in a moment.",
            "Perubahan Anda sedang diproses dan akan segera tampil di sini.",
            "您的更改正在处理中，很快就会显示在这里。", "Perubahan anda sedang diproses dan akan dipaparkan di sini sebentar lagi.";
        address_refused: "The new address was not accepted. You sign in with the one below, as before.",
            "Alamat baru tidak diterima. Anda tetap masuk dengan alamat di bawah.",
            "新邮箱未被接受。您仍使用下面的邮箱登录。", "Alamat baharu tidak diterima. Anda masih log masuk dengan alamat di bawah.";
        changed: "Your change is made.", "Perubahan Anda sudah dilakukan.", "更改已完成。", "Perubahan anda telah dibuat.";
    }
}

super::words! {
    /// What the page about a person's data says.
    pub struct Data {
        title: "My data and its history", "Data saya dan riwayatnya", "我的数据及其历史", "Data saya dan sejarahnya";
        lead: "What was done with your data, by whom and when.", "Apa yang dilakukan dengan data Anda, oleh siapa dan kapan.",
            "谁在何时对您的数据做了什么。", "Apa yang dilakukan dengan data anda, oleh siapa dan bila.";
        when: "When", "Kapan", "时间", "Bila";
        what: "What", "Apa", "事项", "Apa";
        who: "By whom", "Oleh siapa", "操作者", "Oleh siapa";
        reason: "Why", "Alasan", "原因", "Sebab";
        history: "What was done", "Yang dilakukan", "操作记录", "Apa yang dilakukan";
        empty: "Nothing was done yet.", "Belum ada yang dilakukan.", "还没有任何记录。", "Belum ada apa-apa yang dilakukan.";
        export: "Everything we hold about you", "Semua yang kami simpan tentang Anda", "我们保存的关于您的全部信息", "Semua yang kami simpan tentang anda";
        export_help: "One file in JSON, for you or another service.", "Satu berkas JSON, untuk Anda atau layanan lain.",
            "一个 JSON 文件，供您或其他服务使用。", "Satu fail JSON, untuk anda atau perkhidmatan lain.";
        delete: "Delete my account", "Hapus akun saya", "删除我的账户", "Padam akaun saya";
        delete_help: "First we show you what will happen.", "Kami tunjukkan dulu apa yang akan terjadi.",
            "我们会先向您说明将会发生什么。", "Kami tunjukkan dahulu apa yang akan berlaku.";
        see_deletion: "See what will happen", "Lihat apa yang akan terjadi", "查看将会发生什么", "Lihat apa yang akan berlaku";
        download: "Download my data", "Unduh data saya", "下载我的数据", "Muat turun data saya";
    }
}
