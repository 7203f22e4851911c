//! The words of staff's pages about requests for the cloud.

super::words! {
    /// What the pages about requests say to staff.
    pub struct Requests {
        requests: "Cloud requests", "Permintaan cloud", "云平台申请", "Permohonan awan";
        lead: "What people ask for in the cloud. What nobody decides in time goes one step up.",
            "Yang diminta orang di cloud. Yang tidak diputuskan tepat waktu diteruskan ke atasan.",
            "用户在云平台上的申请。未及时审批的申请将转交上一级处理。",
            "Perkara yang dimohon di awan. Yang tidak diputuskan tepat pada masanya dinaikkan ke peringkat atas.";
        none: "Nothing waits here.", "Tidak ada yang menunggu di sini.", "这里没有等待处理的申请。", "Tiada yang menunggu di sini.";
        show: "Show", "Tampilkan", "显示", "Papar";
        which: "Which requests", "Permintaan yang mana", "哪些申请", "Permohonan yang mana";
        open_ones: "All that wait for staff", "Semua yang menunggu petugas", "所有待处理的申请", "Semua yang menunggu petugas";
        done: "It is done and recorded.", "Sudah dilakukan dan dicatat.", "已完成并记录。", "Sudah dilaksanakan dan direkodkan.";
        open: "Open", "Buka", "打开", "Buka";
        open_what: "Open the request for {}", "Buka permintaan untuk {}", "打开关于 {} 的申请", "Buka permohonan untuk {}";
        request_of: "Request of {}", "Permintaan dari {}", "{} 的申请", "Permohonan daripada {}";
        since: "since {}", "sejak {}", "自 {} 起", "sejak {}";
        with: "with {}", "pada {}", "由 {} 处理", "dengan {}";
        due: "due {}", "batas waktu {}", "截止 {}", "perlu diputuskan sebelum {}";
        went_up: "one step up since {}", "diteruskan ke atasan sejak {}", "自 {} 起由上一级处理", "di peringkat atas sejak {}";
        access: "Account or project", "Akun atau proyek", "账户或项目", "Akaun atau projek";
        quotas: "Quotas", "Kuota", "配额", "Kuota";
        unlimited: "unlimited", "tanpa batas", "不限", "tanpa had";
        recorded: "That you opened this request is recorded.", "Pembukaan permintaan ini dicatat.", "您打开此申请的操作已被记录。", "Pembukaan permohonan ini direkodkan.";
        account: "User name", "Nama pengguna", "用户名", "Nama pengguna";
        project: "Project", "Proyek", "项目", "Projek";
        state: "State", "Status", "状态", "Status";
        name: "Name", "Nama", "姓名", "Nama";
        organization: "Organization", "Organisasi", "机构", "Organisasi";
        role: "Role there", "Peran di sana", "职务", "Peranan di sana";
        sponsor: "Sponsor", "Penjamin", "担保人", "Penaja";
        phone: "Phone", "Telepon", "电话", "Telefon";
        purpose: "What it is for", "Kegunaannya", "用途", "Kegunaannya";
        existing: "A project that is there", "Proyek yang sudah ada", "已有项目", "Projek sedia ada";
        until: "Until", "Sampai", "截至", "Sehingga";
        comment: "Comment", "Komentar", "说明", "Ulasan";
        history: "What happened so far", "Yang sudah terjadi", "处理经过", "Apa yang telah berlaku";
        decision: "Decision", "Keputusan", "审批", "Keputusan";
        approve: "Approve", "Setujui", "批准", "Luluskan";
        wait_for_ticket: "It can be approved as soon as the help desk was told of it.",
            "Dapat disetujui setelah helpdesk diberi tahu.", "通知服务台后即可批准。",
            "Boleh diluluskan sebaik sahaja meja bantuan dimaklumkan.";
        reject: "Reject", "Tolak", "驳回", "Tolak";
        reject_reason: "Reason, as the person is told", "Alasan, seperti disampaikan kepada pemohon", "原因（将告知申请人）", "Sebab, seperti yang dimaklumkan kepada pemohon";
        on_behalf: "Why you decide in the place of whom it was handed to", "Mengapa Anda memutuskan menggantikan penerimanya",
            "您为何代替负责人审批", "Mengapa anda memutuskan bagi pihak penerimanya";
        on_behalf_expected: "It was handed to somebody else: say why you decide in their place",
            "Ini diserahkan kepada orang lain: jelaskan mengapa Anda memutuskan menggantikannya",
            "此申请已转交他人：请说明您代为审批的原因",
            "Ini diserahkan kepada orang lain: nyatakan mengapa anda memutuskan bagi pihaknya";
        hand_on: "Hand on", "Serahkan", "转交", "Serahkan";
        to: "To whom", "Kepada siapa", "转交给", "Kepada siapa";
        to_help: "Id, user name or e-mail address of somebody of staff. They are told by mail.",
            "Id, nama pengguna, atau alamat e-mail petugas. Ia diberi tahu lewat e-mail.",
            "员工的 ID、用户名或电子邮箱，将以邮件通知。",
            "Id, nama pengguna atau alamat e-mel petugas. Mereka dimaklumkan melalui e-mel.";
        person_expected: "Enter the id, user name or address of somebody we know", "Isi id, nama pengguna, atau alamat orang yang kami kenal",
            "请输入已知人员的 ID、用户名或邮箱", "Masukkan id, nama pengguna atau alamat orang yang kami kenali";
        staff_expected: "Enter somebody of staff who may decide this and has signed in here before",
            "Isi petugas yang berwenang memutuskan ini dan pernah masuk di sini",
            "请输入有权审批且曾在此登录过的员工", "Masukkan petugas yang berkuasa memutuskan perkara ini dan pernah log masuk di sini";
        escalate: "Hand one step up", "Teruskan ke atasan", "转交上一级", "Naikkan ke peringkat atas";
        retry: "Try again", "Coba lagi", "重试", "Cuba lagi";
        own: "You asked for this yourself: somebody else has to approve it", "Anda yang memintanya: orang lain yang harus menyetujui",
            "这是您本人的申请，必须由他人批准", "Anda yang memohonnya: orang lain perlu meluluskannya";
        is_up: "It went one step up and is decided there", "Sudah diteruskan ke atasan dan diputuskan di sana",
            "已转交上一级，由其审批", "Sudah dinaikkan dan diputuskan di peringkat atas";
        too_late: "It is decided already, or not ready for this", "Sudah diputuskan, atau belum siap untuk ini",
            "已有结果，或尚不能执行此操作", "Sudah diputuskan, atau belum sedia untuk ini";
        received: "Received", "Diterima", "已收到", "Diterima";
        notified: "Waiting for a decision", "Menunggu keputusan", "等待审批", "Menunggu keputusan";
        approved: "Approved", "Disetujui", "已批准", "Diluluskan";
        provisioning: "Being set up", "Sedang disiapkan", "正在配置", "Sedang disediakan";
        finished: "Done", "Selesai", "已完成", "Selesai";
        rejected: "Rejected", "Ditolak", "已驳回", "Ditolak";
        failed: "Failed", "Gagal", "失败", "Gagal";
        cancelled: "Called off", "Dibatalkan", "已撤回", "Ditarik balik";
        changed: "Changed", "Diubah", "已修改", "Diubah";
        delegated: "Handed on", "Diserahkan", "已转交", "Diserahkan";
        escalated: "Handed one step up", "Diteruskan ke atasan", "已转交上一级", "Dinaikkan ke peringkat atas";
        stood_in: "In another's place", "Menggantikan orang lain", "代为审批", "Bagi pihak orang lain";
    }
}

impl Requests {
    /// Each state of a request with what it is called.
    pub fn states(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        [
            ("received", self.received),
            ("notified", self.notified),
            ("approved", self.approved),
            ("provisioning", self.provisioning),
            ("done", self.finished),
            ("rejected", self.rejected),
            ("failed", self.failed),
            ("cancelled", self.cancelled),
        ]
        .into_iter()
    }

    /// What a step is called.
    #[must_use]
    pub fn step(&self, word: &str) -> &'static str {
        match word {
            "delegated" => self.delegated,
            "escalated" => self.escalated,
            "on_behalf" => self.stood_in,
            word => self.states().find(|(state, _)| *state == word).map_or(self.changed, |(_, label)| label),
        }
    }
}
