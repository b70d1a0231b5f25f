"""Given and family names of the demo's people, by language. Data only; how they become people is in `tui.demo.people`.

A name in another script, or with letters that do not lose their accents by themselves, has its Latin form after `=`.
No family name is in two languages, in either form, and no given name twice in one: that is what makes every
combination a different username (a test holds it).
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Language(NamedTuple):
    """One language's names, and how a person of it is written."""

    name: str
    weight: int
    """Of 100 people, how many."""
    domain: str
    """Of the e-mail addresses; under `.example`, which belongs to nobody (RFC 2606)."""
    given: str
    family: str
    family_first: bool = False
    joined: bool = False
    """Whether the full name is written without a space."""


LANGUAGES: Final = (
    Language(
        "English",
        20,
        "mail.example",
        """Alice James Olivia William Charlotte Henry Emily George Grace Oliver Sophie Thomas Amelia Jack Hannah Samuel
        Lucy Daniel Ruby Edward Chloe Joseph Megan Benjamin Zoe Matthew Abigail Luke Rachel Adam Holly Nathan Isla Ryan
        Poppy Callum Freya Liam Maeve Declan""",
        """Smith Jones Taylor Brown Davies Evans Wilson Roberts Johnson Walker Wright Robinson Thompson White Hughes
        Edwards Green Hall Wood Harris Clarke Jackson Turner Hill Cooper Ward Morris Moore Baker King Harrison Watson
        O'Neill O'Brien Murphy Kelly Byrne MacDonald Campbell Stewart""",
    ),
    Language(
        "Spanish",
        11,
        "correo.example",
        """María José Lucía Hugo Martina Mateo Sofía Martín Paula Pablo Valeria Alejandro Daniela Álvaro Alba Adrián
        Carmen Diego Inés Iñigo Ximena Sebastián Renata Joaquín Belén Rubén Noelia Óscar Araceli Raúl""",
        """García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz
        Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Ramírez Serrano Blanco
        Molina""",
    ),
    Language(
        "German",
        8,
        "post.example",
        """Jürgen Mia Björn Emma Günther Lena Jörg Marie Sören Anna Käthe Lukas Bärbel Finn Ursula Matthias Lea Felix
        Heike Stefan Ulrike Tobias Sabine Andreas Silke Markus Birgit Holger Anke Dieter""",
        """Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein
        Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Krause Köhler Groß=gross
        Weiß=weiss""",
    ),
    Language(
        "French",
        7,
        "courriel.example",
        """Élise Gabriel Zoé Raphaël Chloé Léo Inès Maël Léa Noé Manon Théo Camille Loïc Agnès Jérôme Hélène François
        Océane Benoît Anaïs Étienne Solène Rémi Margaux Cédric Aurélie Aurélien Clémence Gaëtan""",
        """Bernard Dubois Durand Moreau Laurent Lefèvre Mercier Dupont Lambert Bonnet Girard Fontaine Rousseau Chevalier
        Garnier Boyer Perrin Béranger Lemaître Gauthier Marchand Dufour Blanchard Brunet Guérin Picard Renaud Aubert
        Rivière Colin""",
    ),
    Language(
        "Portuguese",
        4,
        "correio.example",
        """João Beatriz Miguel Conceição Tiago Inês Gonçalo Mariana Rúben Leonor Luís Fátima Simão Letícia Estêvão
        Matilde Vítor Joana Nuno Catarina""",
        """Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes Gonçalves Gomes Lopes Marques
        Alves Almeida Ribeiro Pinto Carvalho Teixeira""",
    ),
    Language(
        "Polish",
        4,
        "poczta.example",
        """Zofia Łukasz=lukasz Małgorzata=malgorzata Paweł=pawel Agnieszka Michał=michal Elżbieta Grzegorz Żaneta
        Krzysztof Bożena Tomasz Grażyna Wojciech Światosława=swiatoslawa Sławomir=slawomir Joanna Jędrzej Katarzyna
        Rafał=rafal""",
        """Nowak Wójcik Kowalczyk Woźniak Mazur Krawczyk Kaczmarek Piotrowicz Zając Król Wróbel Pawlak Sikora Walczak
        Baran Duda Szewczyk Stępień Gołąb=golab Mróz""",
    ),
    Language(
        "Czech",
        3,
        "posta.example",
        """Jiří Ondřej Tomáš Václav Luboš Radek Vojtěch Matěj Štěpán Zdeněk Bořivoj Čeněk Řehoř Miloš Přemysl""",
        """Novák Svoboda Novotný Dvořák Černý Procházka Kučera Veselý Horák Němec Pokorný Marek Pospíšil Hájek Král
        Růžička Beneš Fiala Sedláček Doležal""",
    ),
    Language(
        "Nordic",
        5,
        "epost.example",
        """Åsa Øyvind=oyvind Märta Søren=soren Astrid Bjørn=bjorn Ingrid Håkon Sigríður=sigridur Göran Kåre Aino
        Þórdís=thordis Väinö Ragnhild Mårten Gudrun Jón Päivi Ægir=aegir""",
        """Öberg Hansen Lindström Jørgensen=jorgensen Nyström Sørensen=sorensen Håkansson Ødegård=odegard Åkesson
        Þorsteinsdóttir=thorsteinsdottir Virtanen Mäkinen Korhonen Nilsson Bjørklund=bjorklund Lundqvist
        Særland=saerland Ekström Nygård Hämäläinen""",
    ),
    Language(
        "Turkish",
        3,
        "eposta.example",
        """Ayşe Mehmet Işıl=isil Yiğit Gülşen Çağla İrem=irem Oğuz Şule Barış=baris Ömer Nazlı=nazli Ümit Elif
        Doğukan""",
        """Yılmaz=yilmaz Kaya Demir Şahin Çelik Yıldız=yildiz Öztürk Aydın=aydin Özdemir Arslan Doğan Kılıç=kilic
        Çetin Koç Özkan Şimşek Polat Korkmaz Güneş Erdoğan""",
    ),
    Language(
        "Vietnamese",
        3,
        "thu.example",
        """Hương Đức=duc Thảo Quân Ngọc Tuấn Yến Hùng Linh Phúc Vy Khánh Trâm Bảo Diễm""",
        """Nguyễn Trần Lê Phạm Huỳnh Vũ Võ Đặng=dang Bùi Hồ Ngô Dương Lý Đinh=dinh Trịnh""",
        family_first=True,
    ),
    Language(
        "Russian, men",
        4,
        "pochta.example",
        """Иван=ivan Дмитрий=dmitry Алексей=alexey Сергей=sergey Андрей=andrey Михаил=mikhail Юрий=yury Фёдор=fyodor
        Николай=nikolay Пётр=pyotr Артём=artyom Илья=ilya Егор=yegor Кирилл=kirill Степан=stepan""",
        """Иванов=ivanov Смирнов=smirnov Кузнецов=kuznetsov Попов=popov Соколов=sokolov Лебедев=lebedev
        Козлов=kozlov Новиков=novikov Морозов=morozov Волков=volkov Соловьёв=solovyov Зайцев=zaytsev
        Виноградов=vinogradov Щербаков=shcherbakov Жуков=zhukov""",
    ),
    Language(
        "Russian, women",
        4,
        "pochta.example",
        """Анна=anna Мария=maria Ольга=olga Елена=elena Наталья=natalya Татьяна=tatyana Ирина=irina Юлия=yulia
        Светлана=svetlana Екатерина=ekaterina Людмила=lyudmila Ксения=ksenia Дарья=darya Алёна=alyona Вера=vera""",
        """Иванова=ivanova Смирнова=smirnova Кузнецова=kuznetsova Попова=popova Соколова=sokolova Лебедева=lebedeva
        Козлова=kozlova Новикова=novikova Морозова=morozova Волкова=volkova Соловьёва=solovyova Зайцева=zaytseva
        Виноградова=vinogradova Щербакова=shcherbakova Жукова=zhukova""",
    ),
    Language(
        "Ukrainian",
        2,
        "skrynka.example",
        """Олена=olena Тарас=taras Оксана=oksana Богдан=bohdan Іван=ivan Ярослава=yaroslava Євген=yevhen
        Соломія=solomiia Андрій=andrii Ірина=iryna""",
        """Шевченко=shevchenko Коваленко=kovalenko Бондаренко=bondarenko Ткаченко=tkachenko Кравченко=kravchenko
        Олійник=oliinyk Поліщук=polishchuk Лисенко=lysenko Гнатюк=hnatiuk Марченко=marchenko""",
    ),
    Language(
        "Greek",
        4,
        "tachydromeio.example",
        """Γιώργος=giorgos Μαρία=maria Δημήτρης=dimitris Ελένη=eleni Κώστας=kostas Κατερίνα=katerina Νίκος=nikos
        Βασιλική=vasiliki Χρήστος=christos Αγγελική=angeliki Ιωάννης=ioannis Σοφία=sofia Θανάσης=thanasis Άννα=anna
        Στέλιος=stelios""",
        """Παπαδόπουλος=papadopoulos Βλάχος=vlachos Αγγελόπουλος=angelopoulos Νικολαΐδης=nikolaidis
        Γεωργίου=georgiou Πέτρου=petrou Αθανασίου=athanasiou Δημητρίου=dimitriou Κωνσταντίνου=konstantinou
        Χατζής=chatzis Μακρής=makris Οικονόμου=oikonomou Καραγιάννης=karagiannis Ιωάννου=ioannou
        Αναγνώστου=anagnostou""",
    ),
    Language(
        "Arabic",
        5,
        "barid.example",
        """محمد=mohammed فاطمة=fatima أحمد=ahmed عائشة=aisha علي=ali مريم=maryam يوسف=youssef زينب=zainab خالد=khaled
        ليلى=layla عمر=omar نور=nour حسن=hassan سارة=sara إبراهيم=ibrahim هدى=huda طارق=tariq رانيا=rania سامي=sami
        دينا=dina""",
        """حداد=haddad الخطيب=alkhatib منصور=mansour النجار=alnajjar صالح=saleh خوري=khoury العلي=alali درويش=darwish
        الحسيني=alhusseini قاسم=qasim السيد=alsayed بكري=bakri شاهين=shaheen الأحمد=alahmad زيدان=zidan
        المصري=almasri نصار=nassar الشامي=alshami حمدان=hamdan عباس=abbas""",
    ),
    Language(
        "Hebrew",
        3,
        "doar.example",
        """נועה=noa דוד=david תמר=tamar יוסף=yosef מאיה=maya איתי=itay שירה=shira אורי=uri יעל=yael משה=moshe רחל=rachel
        אריאל=ariel טליה=talia גיא=guy הדס=hadas""",
        """כהן=cohen לוי=levi מזרחי=mizrahi פרץ=peretz ביטון=biton דהן=dahan אברהם=avraham פרידמן=friedman
        אזולאי=azoulay כץ=katz יוספי=yosefi שפירא=shapira גולן=golan ברק=barak שחר=shahar""",
    ),
    Language(
        "Hindi",
        4,
        "dak.example",
        """आरव=aarav प्रिया=priya राहुल=rahul अंजलि=anjali विवेक=vivek सुनीता=sunita अमित=amit काव्या=kavya रोहन=rohan
        मीरा=meera संजय=sanjay पूजा=pooja अर्जुन=arjun नेहा=neha कृष्ण=krishna ज़ोया=zoya दीपक=deepak लक्ष्मी=lakshmi""",
        """शर्मा=sharma वर्मा=verma गुप्ता=gupta सिंह=singh यादव=yadav पटेल=patel मिश्रा=mishra तिवारी=tiwari
        जोशी=joshi मेहता=mehta चौधरी=chaudhary त्रिपाठी=tripathi अग्रवाल=agrawal द्विवेदी=dwivedi श्रीवास्तव=srivastava""",
    ),
    Language(
        "Chinese",
        3,
        "youxiang.example",
        """伟=wei 芳=fang 娜=na 秀英=xiuying 敏=min 静=jing 丽=li 强=qiang 磊=lei 军=jun 洋=yang 勇=yong 艳=yan 杰=jie
        娟=juan 涛=tao 明=ming 超=chao 秀兰=xiulan 霞=xia 平=ping 刚=gang 桂英=guiying 子轩=zixuan 雨桐=yutong""",
        """王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 赵=zhao 黄=huang 周=zhou 吴=wu 徐=xu 孙=sun 胡=hu 朱=zhu
        高=gao 林=lin 何=he 郭=guo 马=ma 罗=luo 梁=liang 宋=song 郑=zheng 谢=xie 欧阳=ouyang""",
        family_first=True,
        joined=True,
    ),
    Language(
        "Japanese",
        2,
        "yubin.example",
        """陽葵=himari 蓮=ren 結衣=yui 大翔=hiroto さくら=sakura 健太=kenta 美咲=misaki 翔=sho 葵=aoi 直樹=naoki
        ひなた=hinata 悠真=yuma 千尋=chihiro 誠=makoto 恵子=keiko""",
        """佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 伊藤=ito 渡辺=watanabe 山本=yamamoto 中村=nakamura
        小林=kobayashi 加藤=kato 吉田=yoshida 山田=yamada 佐々木=sasaki 松本=matsumoto 井上=inoue""",
        family_first=True,
        joined=True,
    ),
    Language(
        "Korean",
        1,
        "upyeon.example",
        """서연=seoyeon 민준=minjun 지우=jiwoo 도윤=doyun 하은=haeun 예준=yejun 수아=sua 시우=siwoo 지민=jimin
        현우=hyunwoo""",
        """김=kim 이=yi 박=park 최=choi 정=jeong 강=kang 조=cho 윤=yoon 장=jang 임=lim""",
        family_first=True,
        joined=True,
    ),
)
