//! Who may sign up while the launch is closed.

super::words! {
    /// What the pages say.
    pub struct SignUps {
        title: "Sign-ups", "Pendaftaran", "注册申请", "Pendaftaran";
        lead: "Who asked to sign up while the launch is closed. Whoever is approved gets a letter with the link; whoever is refused gets a polite one.",
            "Siapa yang meminta mendaftar selama peluncuran tertutup. Yang disetujui menerima surat dengan tautan; yang ditolak menerima surat yang sopan.",
            "封闭发布期间申请注册的人。获批者会收到带链接的邮件，被拒者会收到礼貌的回复。",
            "Siapa yang memohon mendaftar semasa pelancaran tertutup. Yang diluluskan menerima surat dengan pautan; yang ditolak menerima surat yang sopan.";
        none: "Nobody waits.", "Tidak ada yang menunggu.", "没有等待处理的申请。", "Tiada sesiapa menunggu.";
        open: "Decide", "Putuskan", "处理", "Putuskan";
        open_whom: "Decide about {}", "Putuskan tentang {}", "处理 {} 的申请", "Putuskan tentang {}";
        since: "Since {}", "Sejak {}", "自 {}", "Sejak {}";
        email: "E-mail address", "Alamat e-mail", "电子邮箱", "Alamat e-mel";
        name: "Name", "Nama", "姓名", "Nama";
        company: "Company", "Perusahaan", "公司", "Syarikat";
        asked_at: "Asked", "Diminta", "申请时间", "Dimohon";
        state: "State", "Status", "状态", "Status";
        waiting: "waiting", "menunggu", "等待中", "menunggu";
        approved: "approved", "disetujui", "已批准", "diluluskan";
        refused: "refused", "ditolak", "已拒绝", "ditolak";
        decision: "Decision", "Keputusan", "决定", "Keputusan";
        reason_help: "1 to 500 characters. It is kept in the trail, and not told to them.", "1 sampai 500 karakter. Disimpan dalam jejak audit, tidak disampaikan kepada mereka.",
            "1 到 500 个字符。仅保存在审计记录中，不会告知对方。", "1 hingga 500 aksara. Ia disimpan dalam jejak audit dan tidak diberitahu kepada mereka.";
        approve: "Approve", "Setujui", "批准", "Luluskan";
        refuse: "Refuse", "Tolak", "拒绝", "Tolak";
        was_approved: "They can sign up now. A letter with the link is on its way.", "Mereka kini dapat mendaftar. Surat dengan tautan sedang dikirim.",
            "对方现在可以注册。带链接的邮件正在发送。", "Mereka kini boleh mendaftar. Surat dengan pautan sedang dihantar.";
        was_refused: "The request is refused. A letter is on its way.", "Permintaan ditolak. Surat sedang dikirim.", "申请已拒绝。邮件正在发送。", "Permohonan ditolak. Surat sedang dihantar.";
        decided: "Somebody has decided otherwise meanwhile", "Orang lain sudah memutuskan sebaliknya", "其他人已做出不同的决定", "Orang lain telah membuat keputusan berbeza";
        allowed: "Who may sign up without asking", "Siapa yang boleh mendaftar tanpa meminta", "无需申请即可注册的名单", "Siapa boleh mendaftar tanpa memohon";
        allowed_lead: "An e-mail address, or a domain for all of its addresses.", "Alamat e-mail, atau domain untuk semua alamatnya.", "电子邮箱，或适用于其所有邮箱的域名。", "Alamat e-mel, atau domain untuk semua alamatnya.";
        no_entry: "The list is empty.", "Daftar ini kosong.", "名单为空。", "Senarai ini kosong.";
        value: "Address or domain", "Alamat atau domain", "邮箱或域名", "Alamat atau domain";
        value_help: "For example name@contoh.example or contoh.example", "Misalnya nama@contoh.example atau contoh.example", "例如 name@contoh.example 或 contoh.example", "Contohnya nama@contoh.example atau contoh.example";
        value_expected: "Enter an e-mail address or a domain, such as contoh.example", "Masukkan alamat e-mail atau domain, seperti contoh.example", "请输入电子邮箱或域名，例如 contoh.example", "Masukkan alamat e-mel atau domain, seperti contoh.example";
        add: "Add to the list", "Tambahkan ke daftar", "添加到名单", "Tambah ke senarai";
        held: "This is on the list already", "Sudah ada dalam daftar", "已在名单中", "Sudah ada dalam senarai";
        too_many: "The list is full. Remove an entry first", "Daftar sudah penuh. Hapus satu entri dulu", "名单已满，请先删除一项", "Senarai sudah penuh. Buang satu entri dahulu";
        remove: "Remove", "Hapus", "移除", "Buang";
        remove_what: "Remove {}", "Hapus {}", "移除 {}", "Buang {}";
        remove_reason: "Why {} is removed", "Mengapa {} dihapus", "移除 {} 的原因", "Sebab {} dibuang";
        was_added: "Added to the list.", "Ditambahkan ke daftar.", "已添加到名单。", "Ditambah ke senarai.";
        was_removed: "Removed from the list. Who has signed up keeps the account.", "Dihapus dari daftar. Yang sudah mendaftar tetap memiliki akunnya.",
            "已从名单移除。已注册者保留其账户。", "Dibuang daripada senarai. Yang sudah mendaftar kekal dengan akaunnya.";
    }
}
