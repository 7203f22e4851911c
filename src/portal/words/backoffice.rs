//! What staff see.

super::words! {
    /// What the pages of the back office say.
    pub struct BackOffice {
        search: "Search", "Cari", "搜索", "Cari";
        search_help: "An exact e-mail address, phone number with +, tax number or id; or the beginning of a name. Personal data stays masked.", "Alamat e-mail lengkap, nomor telepon dengan +, nomor pajak, atau id; atau awal sebuah nama. Data pribadi tetap tersamar.", "完整的电子邮件地址、带 + 的电话号码、税号或 ID；或姓名开头。个人数据保持遮盖。", "Alamat e-mel penuh, nombor telefon dengan +, nombor cukai atau id; atau permulaan nama. Data peribadi kekal bertopeng.";
        search_expected: "Enter an address, a number, an id or a name", "Isi alamat, nomor, id, atau nama", "请输入地址、号码、ID 或姓名", "Masukkan alamat, nombor, id atau nama";
        people: "People", "Orang", "人员", "Orang";
        companies: "Companies", "Perusahaan", "公司", "Syarikat";
        nobody: "No person matches.", "Tidak ada orang yang cocok.", "没有匹配的人员。", "Tiada orang yang sepadan.";
        no_company: "No company matches.", "Tidak ada perusahaan yang cocok.", "没有匹配的公司。", "Tiada syarikat yang sepadan.";
        open: "Open", "Buka", "打开", "Buka";
        open_what: "Open {}", "Buka {}", "打开 {}", "Buka {}";
        active: "May sign in", "Dapat masuk", "可以登录", "Boleh log masuk";
        stopped: "May not sign in", "Tidak dapat masuk", "不能登录", "Tidak boleh log masuk";
        state: "State", "Status", "状态", "Status";
        email: "Login e-mail", "E-mail untuk masuk", "登录邮箱", "E-mel log masuk";
        name: "Name", "Nama", "姓名", "Nama";
        id: "Id", "Id", "ID", "Id";
        created: "With us since", "Bersama kami sejak", "创建时间", "Bersama kami sejak";
        contacts: "Contacts", "Kontak", "联系方式", "Hubungan";
        unproven: "not proven", "belum dibuktikan", "未验证", "belum disahkan";
        unmask: "Show personal data", "Tampilkan data pribadi", "显示个人数据", "Tunjukkan data peribadi";
        unmask_help: "The customer sees in their history that you looked, and why.", "Pelanggan melihat di riwayatnya bahwa Anda melihatnya, dan alasannya.", "客户会在历史记录中看到您查看过以及原因。", "Pelanggan melihat dalam sejarah mereka bahawa anda telah melihat, dan sebabnya.";
        unmasked: "This look at personal data was recorded.", "Pembukaan data pribadi ini dicatat.", "此次查看个人数据已被记录。", "Paparan data peribadi ini telah direkodkan.";
        factors: "Second factors", "Faktor kedua", "第二步验证", "Faktor kedua";
        no_factor: "No factor of ours. Others: see above.", "Tidak ada faktor kami.", "没有由我们管理的验证方式。", "Tiada faktor kami.";
        others: "In Keycloak: {}", "Di Keycloak: {}", "Keycloak 中：{}", "Dalam Keycloak: {}";
        primary: "asked first", "ditanya pertama", "首选", "ditanya dahulu";
        locked: "locked", "terkunci", "已锁定", "dikunci";
        factor_disabled: "disabled", "nonaktif", "已停用", "dilumpuhkan";
        ended: "ended", "berakhir", "已结束", "tamat";
        wrong_codes: "{} wrong codes in a row", "{} kode salah berturut-turut", "连续 {} 次验证码错误", "{} kod salah berturut-turut";
        unlock: "Unlock", "Buka kunci", "解锁", "Buka kunci";
        lock: "Lock", "Kunci", "锁定", "Kunci";
        disable: "Disable", "Nonaktifkan", "停用", "Lumpuhkan";
        enable: "Enable", "Aktifkan", "启用", "Bolehkan";
        reset: "Reset (two persons)", "Reset (dua orang)", "重置（需两人）", "Set semula (dua orang)";
        deed: "What to do", "Tindakan", "操作", "Tindakan";
        carry_out: "Carry out", "Lakukan", "执行", "Laksanakan";
        not_acted: "Not done: it is so already, or somebody else of the staff has to do it.", "Tidak dilakukan: sudah demikian, atau petugas lain yang harus melakukannya.", "未执行：已是该状态，或必须由另一名员工操作。", "Tidak dilakukan: sudah begitu, atau petugas lain perlu melakukannya.";
        memberships: "Companies", "Perusahaan", "所属公司", "Syarikat";
        no_membership: "In no company.", "Tidak di perusahaan mana pun.", "不属于任何公司。", "Tiada dalam mana-mana syarikat.";
        sessions: "Sessions", "Sesi", "会话", "Sesi";
        at_keycloak: "Signed in at Keycloak", "Masuk di Keycloak", "在 Keycloak 的登录", "Log masuk di Keycloak";
        not_signed_in: "Not signed in.", "Tidak sedang masuk.", "未登录。", "Tidak log masuk.";
        sessions_unavailable: "Keycloak does not answer just now.", "Keycloak sedang tidak menjawab.", "Keycloak 目前没有响应。", "Keycloak tidak menjawab buat masa ini.";
        on_pages: "On these pages", "Di halaman ini", "在这些页面", "Pada halaman ini";
        no_session: "Not signed in to these pages.", "Tidak sedang masuk ke halaman ini.", "未登录这些页面。", "Tidak log masuk ke halaman ini.";
        session: "Since {}", "Sejak {}", "自 {}", "Sejak {}";
        last_used: "last used {}", "terakhir dipakai {}", "最近使用 {}", "terakhir digunakan {}";
        messages: "Messages", "Pesan", "消息", "Mesej";
        no_message: "Nothing was sent in the last 30 days.", "Tidak ada yang dikirim dalam 30 hari terakhir.", "最近 30 天没有发送任何消息。", "Tiada yang dihantar dalam 30 hari lalu.";
        fate: "Fate", "Nasib", "结果", "Hasil";
        channel: "Channel", "Saluran", "渠道", "Saluran";
        kind: "Kind", "Jenis", "类型", "Jenis";
        when: "When", "Kapan", "时间", "Bila";
        notes: "Notes for staff", "Catatan petugas", "员工备注", "Nota petugas";
        note: "New note", "Catatan baru", "新备注", "Nota baharu";
        note_help: "1 to 2000 characters. Customers do not see it.", "1 sampai 2000 karakter. Pelanggan tidak melihatnya.", "1 到 2000 个字符，客户看不到。", "1 hingga 2000 aksara. Pelanggan tidak melihatnya.";
        note_expected: "Enter 1 to 2000 characters", "Isi 1 sampai 2000 karakter", "请输入 1 到 2000 个字符", "Masukkan 1 hingga 2000 aksara";
        write: "Write note", "Tulis catatan", "保存备注", "Tulis nota";
        written: "The note was written.", "Catatan ditulis.", "备注已保存。", "Nota telah ditulis.";
        block: "Block", "Blokir", "封锁", "Sekat";
        block_help: "Sessions and tokens are over at once. The customer sees the reason.", "Sesi dan token langsung berakhir. Pelanggan melihat alasannya.", "会话和令牌立即失效。客户能看到原因。", "Sesi dan token tamat serta-merta. Pelanggan melihat sebabnya.";
        unblock: "Unblock", "Buka blokir", "解除封锁", "Nyahsekat";
        blocked: "The person is blocked and signed out.", "Orang ini diblokir dan dikeluarkan.", "已封锁并退出登录。", "Orang ini disekat dan dilog keluar.";
        unblocked: "The person is no longer blocked.", "Orang ini tidak lagi diblokir.", "已解除封锁。", "Orang ini tidak lagi disekat.";
        last_admin: "They are the last admin of a company. Change its owner first.", "Ia admin terakhir sebuah perusahaan. Ganti pemiliknya dahulu.", "此人是某公司的最后一位管理员。请先更换其管理员。", "Dia pentadbir terakhir sebuah syarikat. Tukar pemiliknya dahulu.";
        all_factors: "Reset every second factor (two persons)", "Reset semua faktor kedua (dua orang)", "重置全部第二步验证（需两人）", "Set semula semua faktor kedua (dua orang)";
        asked: "It waits for a second member of staff.", "Menunggu petugas kedua.", "等待另一名员工确认。", "Menunggu petugas kedua.";
        asked_already: "The same waits for a decision already.", "Hal yang sama sudah menunggu keputusan.", "相同的申请已在等待处理。", "Perkara yang sama sudah menunggu keputusan.";
        done: "It was done.", "Sudah dilakukan.", "已完成。", "Telah dilakukan.";
        trail: "Audit trail", "Jejak audit", "审计记录", "Jejak audit";
        what: "What", "Apa", "内容", "Apa";
        who: "Who", "Siapa", "操作者", "Siapa";
        about: "About", "Tentang", "对象", "Tentang";
        suspend: "Suspend", "Tangguhkan", "暂停", "Gantung";
        suspend_help: "Its people keep their accounts and may do nothing in it.", "Orangnya tetap punya akun dan tidak dapat berbuat apa pun di dalamnya.", "其人员保留账户，但不能在公司内进行任何操作。", "Orangnya mengekalkan akaun dan tidak boleh berbuat apa-apa di dalamnya.";
        resume: "Let it go on", "Lanjutkan", "恢复", "Teruskan";
        owner: "Make a person its admin (two persons)", "Jadikan seseorang admin (dua orang)", "指定管理员（需两人）", "Lantik seseorang sebagai pentadbir (dua orang)";
        person_id: "Id of the person", "Id orang", "人员 ID", "Id orang";
        person_expected: "Enter the id of a person we know", "Isi id orang yang kami kenal", "请输入已知人员的 ID", "Masukkan id orang yang kami kenali";
        members: "People", "Orang", "人员", "Orang";
        approvals: "Approvals", "Persetujuan", "审批", "Kelulusan";
        approvals_lead: "What one member of staff asked for and another decides.", "Yang diminta satu petugas dan diputuskan petugas lain.", "一名员工提出、另一名员工决定的事项。", "Apa yang diminta seorang petugas dan diputuskan oleh petugas lain.";
        nothing_waits: "Nothing waits for a decision.", "Tidak ada yang menunggu keputusan.", "没有等待决定的事项。", "Tiada yang menunggu keputusan.";
        factor_reset: "Reset of every second factor", "Reset semua faktor kedua", "重置全部第二步验证", "Set semula semua faktor kedua";
        owner_change: "Another admin for a company", "Admin lain untuk perusahaan", "更换公司管理员", "Pentadbir lain untuk syarikat";
        entries: "{} entries", "{} entri", "{} 条", "{} entri";
        without_admin: "Companies without an admin", "Perusahaan tanpa admin", "没有管理员的公司", "Syarikat tanpa pentadbir";
        without_admin_help: "Whoever led them was deleted, disabled or taken out in Keycloak itself. Ask for another admin on the company's page.", "Yang memimpinnya dihapus, dinonaktifkan, atau dikeluarkan langsung di Keycloak. Minta admin lain di halaman perusahaan.", "原管理员已在 Keycloak 中被直接删除、停用或移出。请在公司页面申请另一位管理员。", "Pentadbirnya dipadam, dilumpuhkan atau dikeluarkan terus dalam Keycloak. Minta pentadbir lain pada halaman syarikat.";
        approve: "Approve", "Setujui", "批准", "Luluskan";
        refuse: "Refuse", "Tolak", "拒绝", "Tolak";
        same_eyes: "You asked for this: somebody else has to decide it.", "Anda yang memintanya: orang lain yang harus memutuskan.", "此事由您提出，必须由他人决定。", "Anda yang memintanya: orang lain perlu memutuskannya.";
        work: "Waiting work", "Pekerjaan tertunda", "待处理任务", "Kerja menunggu";
        work_lead: "Jobs that failed too often, and records that could not be read.", "Pekerjaan yang terlalu sering gagal, dan catatan yang tidak terbaca.", "多次失败的任务，以及无法读取的记录。", "Kerja yang terlalu kerap gagal, dan rekod yang tidak boleh dibaca.";
        jobs: "Parked jobs", "Pekerjaan tertahan", "搁置的任务", "Kerja tertahan";
        no_job: "No job is parked.", "Tidak ada pekerjaan tertahan.", "没有搁置的任务。", "Tiada kerja tertahan.";
        records: "Parked records", "Catatan tertahan", "搁置的记录", "Rekod tertahan";
        no_record: "No record is parked.", "Tidak ada catatan tertahan.", "没有搁置的记录。", "Tiada rekod tertahan.";
        retry: "Try again", "Coba lagi", "重试", "Cuba lagi";
        retry_what: "Try {} again", "Coba lagi {}", "重试 {}", "Cuba lagi {}";
        attempts: "Attempts", "Percobaan", "尝试次数", "Percubaan";
        error: "Why", "Mengapa", "原因", "Mengapa";
        place: "Where", "Di mana", "位置", "Di mana";
        sms: "Text messages", "Pesan SMS", "短信", "Mesej teks";
        spend: "Cost, by list price", "Biaya, menurut harga daftar", "费用（按标价）", "Kos, mengikut harga senarai";
        hour: "Last hour", "Satu jam terakhir", "最近一小时", "Sejam lalu";
        day: "Last day", "Satu hari terakhir", "最近一天", "Sehari lalu";
        of_budget: "of {}", "dari {}", "预算 {}", "daripada {}";
        prefixes: "Blocked prefixes", "Awalan yang diblokir", "被封锁的号段", "Awalan yang disekat";
        no_prefix: "No prefix is blocked.", "Tidak ada awalan yang diblokir.", "没有被封锁的号段。", "Tiada awalan yang disekat.";
        until: "until {}", "sampai {}", "至 {}", "sehingga {}";
        lift: "Lift", "Cabut blokir", "解除", "Tarik balik";
        subject_id: "Id of the person or thing", "Id orang atau hal", "对象 ID", "Id orang atau perkara";
        action: "Action, such as person.blocked", "Tindakan, misalnya person.blocked", "操作，例如 person.blocked", "Tindakan, seperti person.blocked";
        export: "Download all as JSON lines", "Unduh semua sebagai baris JSON", "以 JSON 行格式下载全部", "Muat turun semua sebagai baris JSON";
        resend: "Send the password link", "Kirim tautan kata sandi", "发送密码链接", "Hantar pautan kata laluan";
        cloud_password: "Send the link for the cloud password", "Kirim tautan kata sandi awan", "发送云平台密码链接", "Hantar pautan kata laluan awan";
        cloud_password_help: "For whoever forgot the password of their cloud account and asked for another. Check first who is asking. The link goes only to the address on file.",
            "Untuk orang yang lupa kata sandi akun awannya dan sudah meminta yang baru. Pastikan dulu siapa yang meminta. Tautan hanya dikirim ke alamat yang terdaftar.",
            "适用于忘记云平台账户密码并已申请新密码的人。请先核实申请人身份。链接只发送到登记的地址。",
            "Untuk sesiapa yang terlupa kata laluan akaun awan dan telah memohon yang baharu. Pastikan dahulu siapa yang memohon. Pautan hanya dihantar ke alamat yang didaftarkan.";
        no_cloud_account: "They have no cloud account with an address on file", "Tidak ada akun awan dengan alamat terdaftar", "没有登记地址的云平台账户", "Tiada akaun awan dengan alamat berdaftar";
        reset_not_asked: "They must ask for a new password first, at /first-password/reset, and choose a PIN there",
            "Orang itu harus meminta kata sandi baru dulu di /first-password/reset dan memilih PIN di sana",
            "对方须先在 /first-password/reset 申请新密码，并在那里选择 PIN",
            "Orang itu perlu memohon kata laluan baharu dahulu di /first-password/reset dan memilih PIN di sana";
        cloud_away: "OpenStack does not answer. Try again later", "OpenStack tidak menjawab. Coba lagi nanti", "OpenStack 没有响应，请稍后再试", "OpenStack tidak menjawab. Cuba lagi kemudian";
        resent: "The link is on its way.", "Tautan sedang dikirim.", "链接已发送。", "Pautan sedang dihantar.";
    }
}
