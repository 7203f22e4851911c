//! The words of the pages about OpenStack.

super::words! {
    /// What the pages about requests and projects say.
    pub struct Cloud {
        requests: "My requests", "Permintaan saya", "我的申请", "Permohonan saya";
        requests_lead: "What you asked for in the cloud, and how it stands.",
            "Yang Anda minta di cloud dan perkembangannya.",
            "您在云平台上的申请及其进展。", "Perkara yang anda mohon di awan dan perkembangannya.";
        no_requests: "You have not asked for anything yet.", "Anda belum meminta apa pun.",
            "您还没有提出任何申请。", "Anda belum memohon apa-apa.";
        ask: "Ask for something", "Buat permintaan", "提出申请", "Buat permohonan";
        ask_lead: "What do you need? Somebody decides about it, and you are told by mail.",
            "Apa yang Anda butuhkan? Permintaan akan diputuskan, dan Anda diberi tahu lewat e-mail.",
            "您需要什么？申请经审批后，结果会通过邮件通知您。",
            "Apakah yang anda perlukan? Permohonan akan diputuskan, dan anda dimaklumkan melalui e-mel.";
        account: "An account", "Akun", "账户", "Akaun";
        account_help: "To use the cloud by yourself, with a project of your own.",
            "Untuk memakai cloud sendiri, dengan proyek milik Anda.",
            "供您个人使用云平台，并附带一个自己的项目。", "Untuk menggunakan awan sendiri, dengan projek milik anda.";
        project: "A new project", "Proyek baru", "新项目", "Projek baharu";
        project_help: "A place for machines, networks and volumes, which you answer for.",
            "Tempat untuk mesin, jaringan, dan volume, dengan Anda sebagai penanggung jawab.",
            "用于放置云主机、网络和云硬盘，由您负责。",
            "Tempat untuk mesin, rangkaian dan volum, dengan anda sebagai penanggungjawab.";
        join: "A place in a project", "Akses ke proyek", "加入项目", "Tempat dalam projek";
        join_help: "To work in a project that your company has already.",
            "Untuk bekerja di proyek yang sudah dimiliki perusahaan Anda.",
            "参与贵公司已有的项目。", "Untuk bekerja dalam projek yang sudah dimiliki syarikat anda.";
        quota: "Other quotas", "Kuota lain", "调整配额", "Kuota lain";
        quota_help: "More or less of machines, memory, storage or addresses for a project.",
            "Lebih banyak atau lebih sedikit mesin, memori, penyimpanan, atau alamat untuk sebuah proyek.",
            "增加或减少项目的云主机、内存、存储或地址。",
            "Lebih atau kurang mesin, ingatan, storan atau alamat bagi sesuatu projek.";
        name: "Name of the project", "Nama proyek", "项目名称", "Nama projek";
        name_help: "At most 64 characters. Whoever works with you sees it.",
            "Paling banyak 64 karakter. Nama ini terlihat oleh rekan kerja Anda.",
            "最多 64 个字符，与您共事的人都能看到。", "Paling banyak 64 aksara. Rakan sekerja anda dapat melihatnya.";
        description: "What it is for", "Kegunaannya", "用途", "Kegunaannya";
        extra: "Who else shall work in it", "Siapa lagi yang akan bekerja di dalamnya", "还有谁参与", "Siapa lagi akan bekerja di dalamnya";
        extra_help: "E-mail addresses with commas between them. Whoever has no account yet is left out.",
            "Alamat e-mail dipisahkan koma. Yang belum punya akun dilewati.",
            "电子邮箱，以逗号分隔。还没有账户的人会被略过。",
            "Alamat e-mel dipisahkan koma. Sesiapa yang belum mempunyai akaun akan diabaikan.";
        which: "Project", "Proyek", "项目", "Projek";
        pin: "A PIN of your choice", "PIN pilihan Anda", "自选 PIN", "PIN pilihan anda";
        pin_help: "Four digits. You need them when the link comes by which you set your password. Nobody else gets to see them.",
            "Empat angka. Anda membutuhkannya saat tautan pengaturan kata sandi tiba. Tidak ada orang lain yang melihatnya.",
            "四位数字。收到设置密码的链接时需要用到，其他人都看不到它。",
            "Empat digit. Anda memerlukannya apabila pautan penetapan kata laluan tiba. Tiada orang lain dapat melihatnya.";
        comment: "Why do you need it?", "Mengapa Anda membutuhkannya?", "为什么需要？", "Mengapa anda memerlukannya?";
        comment_help: "It helps whoever decides.", "Ini membantu yang memutuskan.", "有助于审批人作出决定。", "Ini membantu pihak yang memutuskan.";
        amounts: "How much of it", "Jumlahnya", "数量", "Jumlahnya";
        amounts_help: "The whole amount that the project shall have. What you leave empty stays as it is; -1 means unlimited.",
            "Jumlah keseluruhan untuk proyek ini. Yang dikosongkan tetap seperti semula; -1 berarti tanpa batas.",
            "项目应拥有的总量。留空则保持不变；-1 表示不限。",
            "Jumlah keseluruhan untuk projek ini. Yang dibiarkan kosong kekal seperti sedia ada; -1 bermaksud tanpa had.";
        end: "Last day", "Hari terakhir", "最后一天", "Hari terakhir";
        end_help: "Leave it empty if the project shall stay. After this day nobody can use it any more.",
            "Kosongkan jika proyek ini tidak berakhir. Setelah hari ini proyek tidak bisa dipakai lagi.",
            "如需长期保留，请留空。过了这一天，项目将无法再使用。",
            "Biarkan kosong jika projek ini tidak akan tamat. Selepas hari ini projek tidak boleh digunakan lagi.";
        end_quota_help: "Leave it empty if the amounts shall stay. After this day the former amounts come back by themselves.",
            "Kosongkan jika jumlah ini tidak berakhir. Setelah hari ini jumlah semula berlaku kembali dengan sendirinya.",
            "如需长期生效，请留空。过了这一天，数量会自动恢复为原先的值。",
            "Biarkan kosong jika jumlah ini tidak akan tamat. Selepas hari ini jumlah asal kembali dengan sendirinya.";
        end_expected: "Enter a day that is not over yet, or leave this empty", "Isi tanggal yang belum lewat, atau kosongkan",
            "请输入尚未过去的日期，或留空", "Masukkan tarikh yang belum berlalu, atau biarkan kosong";
        until: "Until {}", "Sampai {}", "有效期至 {}", "Sehingga {}";
        unlimited: "unlimited", "tanpa batas", "不限", "tanpa had";
        instances: "Machines", "Mesin", "云主机", "Mesin";
        cores: "Processor cores", "Inti prosesor", "处理器核数", "Teras pemproses";
        ram: "Memory in GB", "Memori dalam GB", "内存（GB）", "Ingatan dalam GB";
        volumes: "Volumes", "Volume", "云硬盘", "Volum";
        snapshots: "Snapshots", "Snapshot", "快照", "Petikan";
        gigabytes: "Storage in GB", "Penyimpanan dalam GB", "存储空间（GB）", "Storan dalam GB";
        floatingip: "Public addresses", "Alamat publik", "公网地址", "Alamat awam";
        network: "Networks", "Jaringan", "网络", "Rangkaian";
        send: "Send the request", "Kirim permintaan", "提交申请", "Hantar permohonan";
        sent: "Your request is on its way. You see here how it stands.",
            "Permintaan Anda sudah dikirim. Perkembangannya terlihat di sini.",
            "您的申请已提交，可在此查看进展。", "Permohonan anda telah dihantar. Perkembangannya dipaparkan di sini.";
        call_off: "Call it off", "Batalkan", "撤回", "Tarik balik";
        call_off_of: "Call off the request for {}", "Batalkan permintaan untuk {}", "撤回对 {} 的申请", "Tarik balik permohonan untuk {}";
        called_off_done: "The request is called off.", "Permintaan sudah dibatalkan.", "申请已撤回。", "Permohonan telah ditarik balik.";
        too_late: "It is decided already, so it cannot be called off any more.",
            "Permintaan ini sudah diputuskan, jadi tidak bisa dibatalkan lagi.",
            "该申请已有结果，无法再撤回。", "Permohonan ini sudah diputuskan, jadi tidak boleh ditarik balik lagi.";
        received: "Received", "Diterima", "已收到", "Diterima";
        notified: "Waiting for a decision", "Menunggu keputusan", "等待审批", "Menunggu keputusan";
        approved: "Approved", "Disetujui", "已批准", "Diluluskan";
        provisioning: "Being set up", "Sedang disiapkan", "正在配置", "Sedang disediakan";
        done: "Done", "Selesai", "已完成", "Selesai";
        rejected: "Not approved", "Tidak disetujui", "未获批准", "Tidak diluluskan";
        failed: "Held up; we are looking into it", "Tertunda; kami sedang menanganinya", "处理受阻，我们正在跟进", "Tertangguh; kami sedang menanganinya";
        time_is_over: "Its last day was over before we had finished setting it up. Please ask again with another day.",
            "Hari terakhirnya sudah lewat sebelum kami selesai menyiapkannya. Silakan ajukan lagi dengan tanggal lain.",
            "在我们完成配置之前，它的最后一天已经过去。请另选日期重新申请。",
            "Hari terakhirnya telah berlalu sebelum kami selesai menyediakannya. Sila mohon semula dengan tarikh lain.";
        cancelled: "Called off", "Dibatalkan", "已撤回", "Ditarik balik";
        changed: "Changed", "Diubah", "已修改", "Diubah";
        pin_expected: "Choose a PIN of exactly four digits", "Pilih PIN tepat empat angka", "请选择恰好四位数字的 PIN", "Pilih PIN tepat empat digit";
        name_expected: "Enter a name of 1 to 64 characters", "Isi nama 1 sampai 64 karakter", "请输入 1 到 64 个字符的名称", "Masukkan nama 1 hingga 64 aksara";
        name_taken: "A project of this name is there already. Choose another name", "Proyek dengan nama ini sudah ada. Pilih nama lain",
            "此名称的项目已存在，请换一个名称", "Projek dengan nama ini sudah wujud. Pilih nama lain";
        which_expected: "Choose one of the projects", "Pilih salah satu proyek", "请选择一个项目", "Pilih salah satu projek";
        amount_expected: "Enter at least one amount, as whole numbers from -1 on",
            "Isi setidaknya satu jumlah, berupa bilangan bulat mulai dari -1",
            "请至少填写一项数量，须为不小于 -1 的整数", "Masukkan sekurang-kurangnya satu jumlah, nombor bulat bermula -1";
        too_long: "Shorten this to fewer than 2000 characters", "Persingkat hingga kurang dari 2000 karakter",
            "请缩短到 2000 个字符以内", "Pendekkan kepada kurang daripada 2000 aksara";
        too_many: "Many requests of yours wait already. Please wait for a decision first",
            "Sudah banyak permintaan Anda yang menunggu. Mohon tunggu keputusan dulu",
            "您已有许多申请在等待审批，请先等待结果", "Banyak permohonan anda sedang menunggu. Sila tunggu keputusan dahulu";
        not_possible: "This cannot be asked for now. Look at your requests: it may be there already",
            "Ini tidak bisa diminta sekarang. Lihat permintaan Anda: mungkin sudah ada di sana",
            "目前无法提出此申请。请查看您的申请，可能已经提交过",
            "Ini tidak boleh dimohon sekarang. Lihat permohonan anda: mungkin sudah ada di situ";
        projects: "Projects", "Proyek", "项目", "Projek";
        projects_lead: "Who may do what in the projects of your company. A change takes effect within seconds.",
            "Siapa boleh melakukan apa di proyek perusahaan Anda. Perubahan berlaku dalam hitungan detik.",
            "谁可以在贵公司的项目中做什么。更改会在几秒内生效。",
            "Siapa boleh melakukan apa dalam projek syarikat anda. Perubahan berkuat kuasa dalam beberapa saat.";
        no_projects: "Your company has no project yet. Ask for one under Cloud.",
            "Perusahaan Anda belum punya proyek. Mintalah di bagian Cloud.",
            "贵公司还没有项目，可在“云”中申请。", "Syarikat anda belum mempunyai projek. Mohon di bahagian Awan.";
        nobody: "Nobody has a task here.", "Belum ada yang bertugas di sini.", "这里还没有人承担任务。", "Tiada sesiapa bertugas di sini.";
        ready: "Ready", "Siap", "就绪", "Sedia";
        preparing: "Being set up", "Sedang disiapkan", "正在配置", "Sedang disediakan";
        ends: "Ends on {}", "Berakhir {}", "{} 到期", "Tamat pada {}";
        person: "Person", "Orang", "人员", "Orang";
        task: "Task", "Tugas", "任务", "Tugas";
        give: "Give the task", "Beri tugas", "分配任务", "Beri tugas";
        take_back: "Take back", "Cabut", "收回", "Tarik balik";
        take_back_of: "Take the task back from {}", "Cabut tugas dari {}", "收回 {} 的任务", "Tarik balik tugas daripada {}";
        given: "The task is given.", "Tugas sudah diberikan.", "任务已分配。", "Tugas telah diberikan.";
        taken_back: "The task is taken back.", "Tugas sudah dicabut.", "任务已收回。", "Tugas telah ditarik balik.";
        person_expected: "Choose a person and a task", "Pilih orang dan tugas", "请选择人员和任务", "Pilih orang dan tugas";
        no_account: "This person has no account in the cloud yet. They can ask for one under Cloud",
            "Orang ini belum punya akun di cloud. Ia bisa memintanya di bagian Cloud",
            "此人在云平台还没有账户，可由本人在“云”中申请",
            "Orang ini belum mempunyai akaun di awan. Mereka boleh memohonnya di bahagian Awan";
    }
}
