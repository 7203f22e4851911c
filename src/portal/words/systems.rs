//! Systems that look at what they were given.

super::words! {
    /// What the pages say.
    pub struct Systems {
        title: "Systems", "Sistem", "系统", "Sistem";
        lead: "A system reads what you allow, by a secret of its own, and changes nothing. People never sign in by it.",
            "Sistem membaca apa yang Anda izinkan dengan rahasianya sendiri, dan tidak mengubah apa pun. Orang tidak pernah masuk dengannya.",
            "系统使用自己的密钥读取您允许的内容，不会更改任何内容。人员不能用它登录。",
            "Sistem membaca apa yang anda benarkan dengan rahsianya sendiri, dan tidak mengubah apa-apa. Orang tidak log masuk dengannya.";
        none: "There is no system yet. Make one for each program that reads from here.",
            "Belum ada sistem. Buat satu untuk setiap program yang membaca dari sini.",
            "还没有系统。请为每个从这里读取数据的程序创建一个。",
            "Belum ada sistem. Buat satu untuk setiap program yang membaca dari sini.";
        new: "Make a system", "Buat sistem", "创建系统", "Buat sistem";
        name: "Name", "Nama", "名称", "Nama";
        name_help: "How you will recognise it, such as Invoicing.", "Agar Anda mengenalinya, misalnya Penagihan.", "便于您识别，例如“开票系统”。", "Supaya anda mengenalinya, seperti Pengebilan.";
        name_expected: "Enter a name of 1 to 100 characters", "Isi nama 1 sampai 100 karakter", "请输入 1 到 100 个字符的名称", "Masukkan nama antara 1 hingga 100 aksara";
        may_see: "What it may see", "Yang boleh dilihatnya", "可查看的内容", "Apa yang boleh dilihatnya";
        may_see_expected: "Choose at least one thing that it may see", "Pilih sedikitnya satu hal yang boleh dilihatnya", "请至少选择一项可查看的内容", "Pilih sekurang-kurangnya satu perkara yang boleh dilihatnya";
        too_many: "There are 50 systems already. Revoke one that is no longer used.", "Sudah ada 50 sistem. Cabut yang tidak dipakai lagi.", "已有 50 个系统，请先撤销不再使用的。", "Sudah ada 50 sistem. Batalkan yang tidak digunakan lagi.";
        make: "Make the system", "Buat sistem ini", "创建", "Buat sistem ini";
        made: "The system is made. Now make its secret.", "Sistem sudah dibuat. Sekarang buat rahasianya.", "系统已创建。现在请生成它的密钥。", "Sistem telah dibuat. Kini buat rahsianya.";
        being_made: "being made", "sedang dibuat", "正在创建", "sedang dibuat";
        no_secret: "no secret yet", "belum ada rahasia", "尚无密钥", "belum ada rahsia";
        ready: "ready", "siap", "可用", "sedia";
        manage: "Manage", "Kelola", "管理", "Urus";
        manage_what: "Manage {}", "Kelola {}", "管理 {}", "Urus {}";
        client_id: "Client ID", "ID klien", "客户端 ID", "ID klien";
        token_url: "Address for tokens", "Alamat untuk token", "令牌地址", "Alamat untuk token";
        since: "Made", "Dibuat", "创建时间", "Dibuat";
        secret: "Secret", "Rahasia", "密钥", "Rahsia";
        secret_since: "Secret made", "Rahasia dibuat", "密钥生成时间", "Rahsia dibuat";
        secret_help: "It is shown once, and kept nowhere here. A new secret ends the one before at once.",
            "Ditampilkan satu kali dan tidak disimpan di sini. Rahasia baru langsung mengakhiri yang sebelumnya.",
            "密钥只显示一次，此处不会保存。生成新密钥后，旧密钥立即失效。",
            "Ia dipaparkan sekali dan tidak disimpan di sini. Rahsia baharu serta-merta menamatkan yang sebelumnya.";
        make_secret: "Make a secret", "Buat rahasia", "生成密钥", "Buat rahsia";
        secret_made: "Here is the secret. Copy it now: it is not shown again.",
            "Inilah rahasianya. Salin sekarang: tidak akan ditampilkan lagi.",
            "密钥如下，请立即复制：它不会再次显示。",
            "Inilah rahsianya. Salin sekarang: ia tidak akan dipaparkan lagi.";
        not_yet: "The system is still being made. Please try again in a moment.", "Sistem masih dibuat. Coba lagi sebentar lagi.", "系统仍在创建中，请稍后再试。", "Sistem masih dibuat. Cuba lagi sebentar lagi.";
        unavailable: "The secret cannot be made just now. Please try again in a few minutes.",
            "Rahasia belum bisa dibuat. Coba lagi beberapa menit lagi.",
            "目前无法生成密钥，请几分钟后再试。",
            "Rahsia tidak dapat dibuat buat masa ini. Cuba lagi dalam beberapa minit.";
        revoke: "Revoke the system", "Cabut sistem ini", "撤销系统", "Batalkan sistem ini";
        revoke_help: "It is refused at once, and cannot be brought back.", "Langsung ditolak dan tidak dapat dikembalikan.", "系统将立即被拒绝访问，且无法恢复。", "Ia ditolak serta-merta dan tidak boleh dikembalikan.";
        revoked: "The system is revoked.", "Sistem sudah dicabut.", "系统已撤销。", "Sistem telah dibatalkan.";
    }
}
